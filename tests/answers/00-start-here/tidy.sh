### given
docker rm -f lab-00-keep lab-00-old-1 lab-00-old-2 lab-00-old-3 > /dev/null 2>&1 || true
for i in 1 2 3; do docker run --name lab-00-old-$i busybox:1.37 true; done
docker run -d --name lab-00-keep busybox:1.37 sleep 1000000
docker exec lab-00-keep sh -c 'echo "do not lose me" > /note.txt'

### right names: The three by their names.
docker rm lab-00-old-1 lab-00-old-2 lab-00-old-3

### right filter: Whatever has ended and is called so, one by one.
docker ps -aq --filter name=lab-00-old- --filter status=exited | xargs -n 1 docker container rm

### right restarted: Removed by force, and the one to keep was stopped meanwhile.
docker stop -t 0 lab-00-keep
docker rm -f lab-00-old-1 lab-00-old-2 lab-00-old-3
docker start lab-00-keep

### right python: With Docker's library for Python.
python - << 'END'
import docker

for container in docker.from_env().containers.list(all=True, filters={"name": "lab-00-old-"}):
    container.remove()
END

### right saved: All four are removed, and the note was saved before, and comes into a new container.
docker cp lab-00-keep:/note.txt note.txt
docker rm -f lab-00-old-1 lab-00-old-2 lab-00-old-3 lab-00-keep
docker run -d --name lab-00-keep busybox:1.37 sleep 1000000
docker cp note.txt lab-00-keep:/note.txt
rm note.txt

### wrong nothing (breaks 1): Nothing is removed.
true

### wrong one-left (breaks 1): One is left.
docker rm lab-00-old-1 lab-00-old-2

### wrong stopped (breaks 2): The one to keep has ended, too.
docker stop -t 0 lab-00-keep
docker rm lab-00-old-1 lab-00-old-2 lab-00-old-3

### wrong all (breaks 2, loses given): All four are removed.
docker rm -f lab-00-old-1 lab-00-old-2 lab-00-old-3 lab-00-keep

### wrong another (breaks 3, loses given): All four are removed, and a new one has the name.
docker rm -f lab-00-old-1 lab-00-old-2 lab-00-old-3 lab-00-keep
docker run -d --name lab-00-keep busybox:1.37 sleep 1000000

### wrong other-note (breaks 3, loses given): The new one has a note, and it is another.
docker rm -f lab-00-old-1 lab-00-old-2 lab-00-old-3 lab-00-keep
docker run -d --name lab-00-keep busybox:1.37 sleep 1000000
docker exec lab-00-keep sh -c 'echo "I had written something here" > /note.txt'

### undo
docker ps -aq --filter name=lab-00-old- --filter name=lab-00-keep | xargs -r docker rm -f > /dev/null
