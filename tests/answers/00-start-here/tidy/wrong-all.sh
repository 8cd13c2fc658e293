# All four are removed.
docker ps -aq --filter name=lab-00-old- --filter name=lab-00-keep | xargs -r docker rm -f > /dev/null
for i in 1 2 3; do docker run --name lab-00-old-$i busybox:1.37 true; done
docker run -d --name lab-00-keep busybox:1.37 sh -c 'echo "do not lose me" > /note.txt; exec sleep 1000000' > /dev/null
docker exec lab-00-keep timeout 10 sh -c 'until cat /note.txt 2> /dev/null; do sleep 0.1; done'
docker rm -f lab-00-old-1 lab-00-old-2 lab-00-old-3 lab-00-keep
