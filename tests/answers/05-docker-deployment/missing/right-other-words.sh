# A terse list by somebody who has seen this before.
cat > 05-dead.log <<'END'
10.00 10.01 ok 1.0
10.05 10.06 ok 1.0
10.08 mark the machine dies
10.10 11.10 failed wget: download timed out
11.15 12.15 failed wget: download timed out
END
cat > 05-missing.txt <<'END'
there is no failover at all
no load balancer in front of them
no scheduler, I choose the machine myself
no shared volume, state lives in memory
nothing knows how many replicas should exist
END
