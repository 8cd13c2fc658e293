### given
mkdir -p 02-home
docker run --rm -v lab-02-recipes:/data busybox:1.37 sh -c '
    cd /data && mkdir cakes && echo "onions, water" > soup.txt && echo "apples, butter" > cakes/apple.txt
    chmod 600 soup.txt && chown -R 1000:1000 /data'
docker run --rm -v lab-02-recipes:/data:ro busybox:1.37 tar -czf - -C /data . > 02-home/recipes.tar.gz
docker volume rm lab-02-recipes

# $1: what a throw-away container does with the backup, its input, and the volume, its /to.
unpack() { docker run --rm -i -v lab-02-recipes:/to busybox:1.37 sh -c "$1" < 02-home/recipes.tar.gz; }
# Arguments: options of docker run.
kitchen() { docker run -d --name lab-02-kitchen "$@" busybox:1.37 httpd -f -p 8080 -h /recipes; }

### right piped: The backup goes through standard input into a throw-away container.
unpack 'tar -xzf - -C /to'
kitchen --user 1000 -v lab-02-recipes:/recipes

### right mounted: The folder with the backup is lent to the throw-away container.
docker volume create lab-02-recipes
docker run --rm -v lab-02-recipes:/recipes -v "$PWD/02-home:/from:ro" busybox:1.37 tar -xzf /from/recipes.tar.gz -C /recipes
kitchen --user 1000:1000 -v lab-02-recipes:/recipes

### right exec: The program runs first, and the backup comes into its volume after that.
kitchen --user 1000 -v lab-02-recipes:/recipes
docker exec -i --user 0 lab-02-kitchen tar -xzf - -C /recipes < 02-home/recipes.tar.gz

### wrong empty: The program runs, and its volume is empty.
kitchen --user 1000 -v lab-02-recipes:/recipes

### wrong half: Only one of the files is restored.
unpack 'tar -xzf - -C /to && rm /to/cakes/apple.txt'
kitchen --user 1000 -v lab-02-recipes:/recipes

### wrong as-user-0: The owner is lost on the way.
unpack 'tar -xzf - -C /to && chown -R 0:0 /to'
kitchen --user 1000 -v lab-02-recipes:/recipes

### wrong mode: What only the cook may read, everybody can.
unpack 'tar -xzf - -C /to && chmod 644 /to/soup.txt'
kitchen --user 1000 -v lab-02-recipes:/recipes

### wrong level: Everything is one folder too deep.
unpack 'mkdir /to/data && tar -xzf - -C /to/data'
kitchen --user 1000 -v lab-02-recipes:/recipes

### wrong folder: Unpacked into a folder of this machine, and the volume is new.
mkdir -p 02-home/recipes
tar -xzf 02-home/recipes.tar.gz -C 02-home/recipes
kitchen --user 1000 -v "$PWD/02-home/recipes:/recipes"

### wrong user: The program runs as root.
unpack 'tar -xzf - -C /to'
kitchen -v lab-02-recipes:/recipes

### undo
docker rm -f lab-02-kitchen >/dev/null 2>&1 || true
docker volume rm -f lab-02-recipes >/dev/null
rm -rf 02-home/recipes 02-home/recipes.tar.gz
