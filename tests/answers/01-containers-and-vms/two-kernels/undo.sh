# Takes the file away.
rm -f 01-kernels.txt
