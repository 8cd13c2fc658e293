# Takes all four away.
docker ps -aq --filter name=lab-00-old- --filter name=lab-00-keep | xargs -r docker rm -f > /dev/null
