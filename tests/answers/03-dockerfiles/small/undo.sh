# Takes the container, its image, also when that has lost its name, and the file away.
image=$(docker inspect --format '{{.Image}}' lab-small 2>/dev/null || true)
docker rm -f lab-small >/dev/null 2>&1 || true
docker image rm -f lab/small:2.0 >/dev/null 2>&1 || true
if [ "$(docker image inspect --format '{{len .RepoTags}}' "$image" 2>/dev/null)" = 0 ]; then docker image rm "$image"; fi
rm -f app/Dockerfile
