# Raises the limit of the broken one and starts it again.
docker rm -f lab-01-hungry > /dev/null 2>&1 || true
hungry='BEGIN { for (i = 0; i < 48; i++) parts[i] = sprintf("%1000000s", i); print "loaded 48 MB"; fflush(); system("sleep 1000000") }'
docker run -d --name lab-01-hungry --memory 24m --memory-swap 24m busybox:1.37 awk "$hungry"
docker wait lab-01-hungry
docker update --memory 128m --memory-swap 128m lab-01-hungry
docker start lab-01-hungry
