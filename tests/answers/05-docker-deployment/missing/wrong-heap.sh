# A heap of words in one line.
cat > 05-dead.log <<'END'
10.00 10.01 ok 1.0
10.05 10.06 ok 1.0
10.08 mark the machine dies
10.10 11.10 failed wget: download timed out
11.15 12.15 failed wget: download timed out
END
cat > 05-missing.txt <<'END'
notice alert memory address data update health copies permission room store roll out balancer volume
END
