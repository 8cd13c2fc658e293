# Everything that docker info prints, on each of three lines.
for i in 1 2 3; do docker info 2> /dev/null | tr '\n' ' '; echo; done > 00-engine.txt
