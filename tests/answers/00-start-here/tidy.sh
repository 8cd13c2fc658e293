### given
docker rm -f lab-00-keep lab-00-old-1 lab-00-old-2 lab-00-old-3 > /dev/null 2>&1 || true
for i in 1 2 3; do docker run --name lab-00-old-$i busybox:1.37 true; done
docker run -d --name lab-00-keep busybox:1.37 sh -c 'echo "do not lose me" > /note.txt; exec sleep 1000000'
docker exec lab-00-keep timeout 10 sh -c 'until cat /note.txt 2> /dev/null; do sleep 0.1; done'

### right names: The three by their names.
docker rm lab-00-old-1 lab-00-old-2 lab-00-old-3

### right filter: Whatever has ended and is called so, one by one.
docker ps -aq --filter name=lab-00-old- --filter status=exited | xargs -n 1 docker container rm

### right restarted: Removed by force, and the one to keep was stopped meanwhile.
docker stop -t 0 lab-00-keep
docker rm -f lab-00-old-1 lab-00-old-2 lab-00-old-3
docker start lab-00-keep

### wrong nothing: Nothing is removed.
true

### wrong one-left: One is left.
docker rm lab-00-old-1 lab-00-old-2

### wrong stopped: The one to keep has ended, too.
docker stop -t 0 lab-00-keep
docker rm lab-00-old-1 lab-00-old-2 lab-00-old-3

### wrong all (loses given): All four are removed.
docker rm -f lab-00-old-1 lab-00-old-2 lab-00-old-3 lab-00-keep

### wrong another (loses given): All four are removed, and a new one has the name.
docker rm -f lab-00-old-1 lab-00-old-2 lab-00-old-3 lab-00-keep
docker run -d --name lab-00-keep busybox:1.37 sleep 1000000

### undo
docker ps -aq --filter name=lab-00-old- --filter name=lab-00-keep | xargs -r docker rm -f > /dev/null
