# Three things only.
cat > 05-dead.log <<'END'
10.00 10.01 ok 1.0
10.05 10.06 ok 1.0
10.08 mark the machine dies
10.10 11.10 failed wget: download timed out
11.15 12.15 failed wget: download timed out
END
cat > 05-missing.txt <<'END'
When the server died nobody noticed it.
The number was only stored on one of the two.
There is no address for both of them.
END
