# Long sentences, and about something else.
cat > 05-dead.log <<'END'
10.00 10.01 ok 1.0
10.05 10.06 ok 1.0
10.08 mark the machine dies
10.10 11.10 failed wget: download timed out
11.15 12.15 failed wget: download timed out
END
cat > 05-missing.txt <<'END'
Docker is a nice tool for people who like containers.
I enjoyed this chapter and learned a lot today.
The whale in the logo looks very friendly.
My coffee got cold while I was reading all this.
END
