# Takes the file away.
rm -f 00-engine.txt
