# Questions, with numbers and bullets.
cat > 05-dead.log <<'END'
10.00 10.01 ok 1.0
10.05 10.06 ok 1.0
10.08 mark the machine dies
10.10 11.10 failed wget: download timed out
11.15 12.15 failed wget: download timed out
END
cat > 05-missing.txt <<'END'
What was missing
1. Who starts the app somewhere else when a host goes down?
2. Which node has enough memory for the next job?
3. How do we roll out 2.0 to a hundred hosts?
* Is there one DNS name for both copies?
- Who restarts a container that is unhealthy?
END
