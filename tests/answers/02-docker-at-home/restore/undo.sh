# Takes the container, the volume and the backup away.
docker rm -f lab-02-kitchen >/dev/null 2>&1 || true
docker volume rm -f lab-02-recipes >/dev/null
rm -rf 02-home/recipes 02-home/recipes.tar.gz
