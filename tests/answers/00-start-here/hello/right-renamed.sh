# From the image's ID, named afterwards.
docker rm -f lab-00-hello > /dev/null 2>&1 || true
id=$(docker run -d "$(docker image inspect --format '{{.Id}}' busybox:1.37)" echo 'Hello!')
docker rename "$id" lab-00-hello
