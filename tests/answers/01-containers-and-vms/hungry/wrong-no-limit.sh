# Takes the limit away.
docker rm -f lab-01-hungry > /dev/null 2>&1 || true
hungry='BEGIN { for (i = 0; i < 48; i++) parts[i] = sprintf("%1000000s", i); print "loaded 48 MB"; fflush(); system("sleep 1000000") }'
docker run -d --name lab-01-hungry busybox:1.37 awk "$hungry"
