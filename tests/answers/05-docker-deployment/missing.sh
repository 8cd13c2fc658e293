### given
cat > 05-dead.log <<'END'
10.00 10.01 ok 1.0
10.05 10.06 ok 1.0
10.08 mark the machine dies
10.10 11.10 failed wget: download timed out
11.15 12.15 failed wget: download timed out
END

### right plain: Four plain sentences.
cat > 05-missing.txt <<'END'
When the server died nobody noticed it.
The users of the dead server did not get to the other one, it has another IP address.
The number was only stored on one of the two.
I had to type all commands twice, once for each machine.
END

### right other-words: A terse list by somebody who has seen this before.
cat > 05-missing.txt <<'END'
there is no failover at all
no load balancer in front of them
no scheduler, I choose the machine myself
no shared volume, state lives in memory
nothing knows how many replicas should exist
END

### right questions: Questions, with numbers and bullets.
cat > 05-missing.txt <<'END'
What was missing
1. Who starts the app somewhere else when a host goes down?
2. Which node has enough memory for the next job?
3. How do we roll out 2.0 to a hundred hosts?
* Is there one DNS name for both copies?
- Who restarts a container that is unhealthy?
END

### wrong three: Three things only.
cat > 05-missing.txt <<'END'
When the server died nobody noticed it.
The number was only stored on one of the two.
There is no address for both of them.
END

### wrong one-thing: One thing, said five times.
cat > 05-missing.txt <<'END'
Nobody noticed that it was dead.
There was nobody who noticed anything.
No alarm, and nobody watched it.
I saw no alert of any kind.
Nothing detected that it went down.
END

### wrong heap: A heap of words in one line.
cat > 05-missing.txt <<'END'
notice alert memory address data update health copies permission room store roll out balancer volume
END

### wrong off-topic: Long sentences, and about something else.
cat > 05-missing.txt <<'END'
Docker is a nice tool for people who like containers.
I enjoyed this chapter and learned a lot today.
The whale in the logo looks very friendly.
My coffee got cold while I was reading all this.
END

### wrong nothing-seen (loses given): A list, and no machine ever died.
rm 05-dead.log
cat > 05-missing.txt <<'END'
When the server died nobody noticed it.
The users did not get to the other one, it has another address.
The number was only stored on one of the two.
I had to type all commands twice, once for each machine.
END

### wrong still-answered (loses given): A list, and a log in which all is well.
echo '10.00 10.01 ok 1.0' > 05-dead.log
cat > 05-missing.txt <<'END'
When the server died nobody noticed it.
The users did not get to the other one, it has another address.
The number was only stored on one of the two.
I had to type all commands twice, once for each machine.
END

### undo
rm -f 05-missing.txt 05-dead.log
