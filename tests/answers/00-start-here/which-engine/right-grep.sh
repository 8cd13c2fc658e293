# Lines cut out of what docker info prints, with their labels.
docker info 2> /dev/null | grep -E '^ *(Server Version|Operating System|Kernel Version):' > lines
for name in Server Operating Kernel; do grep "$name" lines; done > 00-engine.txt
rm lines
