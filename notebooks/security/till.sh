# Sets up the engine lab-14-till as a colleague left it: on plain TCP, with a container that counts the takings.
# The colleague's authority and certificate are in made/14/old, and the ID of that container.
set -e
docker network create --internal lab-14 > /dev/null 2>&1 || true
docker rm -fv lab-14-till > /dev/null 2>&1 || true
docker volume rm -f lab-14-till > /dev/null
rm -rf made/14/till made/14/old
sh security/authority.sh made/14/old
sh security/certificate.sh made/14/old made/14/old colleague client
docker run -d --name lab-14-till --hostname till --network lab-14 --privileged \
    -v lab-14-till:/var/lib/docker \
    docker:26.1-dind dockerd --host unix:///var/run/docker.sock --host tcp://0.0.0.0:2375 --tls=false
sh security/furnish.sh lab-14-till
docker exec lab-14-till docker run -d --name takings --restart always --stop-signal KILL \
    busybox:1.37 sleep 1000000 > made/14/old/takings
