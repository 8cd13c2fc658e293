# Takes both files away.
rm -f 05-missing.txt 05-dead.log
