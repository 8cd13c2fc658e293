# Everything is one folder too deep.
mkdir -p 02-home
docker run --rm -v lab-02-recipes:/data busybox:1.37 sh -c '
    cd /data && mkdir cakes && echo "onions, water" > soup.txt && echo "apples, butter" > cakes/apple.txt
    chmod 600 soup.txt && chown -R 1000:1000 /data'
docker run --rm -v lab-02-recipes:/data:ro busybox:1.37 tar -czf - -C /data . > 02-home/recipes.tar.gz
docker volume rm lab-02-recipes
docker run --rm -i -v lab-02-recipes:/to busybox:1.37 sh -c 'mkdir /to/data && tar -xzf - -C /to/data' < 02-home/recipes.tar.gz
docker run -d --name lab-02-kitchen --user 1000 -v lab-02-recipes:/recipes busybox:1.37 httpd -f -p 8080 -h /recipes
