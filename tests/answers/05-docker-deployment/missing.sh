### given
cat > made/05/dead.log <<'END'
10.00 10.01 ok 1.0
10.05 10.06 ok 1.0
10.08 mark the first server dies
10.10 11.10 failed wget: download timed out
11.15 12.15 failed wget: download timed out
END
write() { printf '%s\n' "$@" > 05-missing.txt; }
compared() { echo "$@" > 05-missing-had.txt; }

### right some: A list, and three rows of ours were on it.
write 'When the server died nobody noticed it.' 'The number was only stored on one of the two.' 'One address is missing.'
compared 4 6 7

### right none: None of our rows, and something that we had not thought of.
write 'Nobody pays me for getting up at three in the morning.'
compared

### right all: Terse, by somebody who has seen this before, with an editor that puts commas.
write failover 'load balancer' scheduler 'shared state' 'desired state' rollout 'acting on health' RBAC
compared '1, 2, 3, 4, 5, 6, 7, 8'

### wrong nothing-written (breaks 2): Nothing was written, and all is said to have been on the list.
compared 1 2 3 4 5 6 7 8

### wrong empty (breaks 2): The file has lines, and no word in them.
write '' '-' '   '
compared 1

### wrong not-compared (breaks 3): A list that was not compared.
write 'When the server died nobody noticed it.' 'The number was only stored on one of the two.'

### wrong nothing-seen (breaks 1, loses given): A list, and no server ever died.
rm made/05/dead.log
write 'When the server died nobody noticed it.'
compared 4

### wrong still-answered (breaks 1, loses given): A list, and a log in which all is well.
echo '10.00 10.01 ok 1.0' > made/05/dead.log
write 'When the server died nobody noticed it.'
compared 4

### undo
rm -f 05-missing.txt 05-missing-had.txt made/05/dead.log
