# A list, and no machine ever died.
cat > 05-missing.txt <<'END'
When the server died nobody noticed it.
The users did not get to the other one, it has another address.
The number was only stored on one of the two.
I had to type all commands twice, once for each machine.
END
