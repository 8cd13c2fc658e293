### given
mkdir -p made/02
docker run --rm -v lab-02-recipes:/data busybox:1.37 sh -c '
    cd /data && mkdir cakes && echo "onions, water" > soup.txt && echo "apples, butter" > cakes/apple.txt
    chmod 600 soup.txt && chown -R 1000:1000 /data'
docker run --rm -v lab-02-recipes:/data:ro busybox:1.37 tar -czf - -C /data . > made/02/recipes.tar.gz
docker volume rm lab-02-recipes

# $1: what a throw-away container does with the backup, its input, and the volume, its /to.
unpack() { docker run --rm -i -v lab-02-recipes:/to busybox:1.37 sh -c "$1" < made/02/recipes.tar.gz; }
# Arguments: options of docker run.
kitchen() { docker run -d --name lab-02-kitchen "$@" busybox:1.37 httpd -f -p 8080 -h /recipes; }

### right piped: The backup goes through standard input into a throw-away container.
unpack 'tar -xzf - -C /to'
kitchen --user 1000 -v lab-02-recipes:/recipes

### right mounted: The folder with the backup is lent to the throw-away container.
docker volume create lab-02-recipes
docker run --rm -v lab-02-recipes:/recipes -v "$PWD/made/02:/from:ro" busybox:1.37 tar -xzf /from/recipes.tar.gz -C /recipes
kitchen --user 1000:1000 -v lab-02-recipes:/recipes

### right exec: The program runs first, and the backup comes into its volume after that.
kitchen --user 1000 -v lab-02-recipes:/recipes
docker exec -i --user 0 lab-02-kitchen tar -xzf - -C /recipes < made/02/recipes.tar.gz

### right copied: docker cp unpacks it into the container's volume; the folder itself is seen to afterwards.
kitchen --user 1000 -v lab-02-recipes:/recipes
docker cp - lab-02-kitchen:/recipes < made/02/recipes.tar.gz
docker exec --user 0 lab-02-kitchen chown 1000:1000 /recipes

### right elsewhere: The volume is at another place, and the program becomes user 1000 by itself.
unpack 'tar -xzf - -C /to'
docker run -d --name lab-02-kitchen -v lab-02-recipes:/srv/food:ro busybox:1.37 \
    sh -c 'echo cook:x:1000:1000::/:/bin/sh >> /etc/passwd; exec su cook -c "exec httpd -f -p 8080 -h /srv/food"'

### right python: With Docker's library for Python: the volume is filled before anything runs.
python - << 'END'
from pathlib import Path

import docker

client = docker.from_env()
volume = client.volumes.create("lab-02-recipes")
at = {volume.name: {"bind": "/recipes"}}
kitchen = client.containers.create(
    "busybox:1.37", "httpd -f -p 8080", name="lab-02-kitchen", user="1000", working_dir="/recipes", volumes=at
)
kitchen.put_archive("/recipes", Path("made/02/recipes.tar.gz").read_bytes())
client.containers.run("busybox:1.37", "chown 1000:1000 /recipes", volumes=at, remove=True)
kitchen.start()
END

### wrong empty (breaks 1): The program runs, and its volume is empty.
kitchen --user 1000 -v lab-02-recipes:/recipes

### wrong half (breaks 1): Only one of the files is restored.
unpack 'tar -xzf - -C /to && rm /to/cakes/apple.txt'
kitchen --user 1000 -v lab-02-recipes:/recipes

### wrong level (breaks 1): Everything is one folder too deep.
unpack 'mkdir /to/data && tar -xzf - -C /to/data'
kitchen --user 1000 -v lab-02-recipes:/recipes

### wrong packed (breaks 1): The backup itself is in the volume, and nobody has unpacked it.
unpack 'cat > /to/recipes.tar.gz; chown -R 1000:1000 /to'
kitchen --user 1000 -v lab-02-recipes:/recipes

### wrong from-memory (breaks 1): The names are right, and one recipe was written down again.
unpack 'tar -xzf - -C /to && echo "apples, sugar" > /to/cakes/apple.txt'
kitchen --user 1000 -v lab-02-recipes:/recipes

### wrong as-user-0 (breaks 2): The owner is lost on the way.
unpack 'tar -xzf - -C /to && chown -R 0:0 /to'
kitchen --user 1000 -v lab-02-recipes:/recipes

### wrong mode (breaks 2): What only the cook may read, everybody can.
unpack 'tar -xzf - -C /to && chmod 644 /to/soup.txt'
kitchen --user 1000 -v lab-02-recipes:/recipes

### wrong own-folder (breaks 2): docker cp leaves the volume's own folder to root.
kitchen --user 1000 -v lab-02-recipes:/recipes
docker cp - lab-02-kitchen:/recipes < made/02/recipes.tar.gz

### wrong folder (breaks 3): Unpacked into a folder of this machine, and the volume is new.
mkdir -p made/02/recipes
tar -xzf made/02/recipes.tar.gz -C made/02/recipes
kitchen --user 1000 -v "$PWD/made/02/recipes:/recipes"

### wrong not-started (breaks 3): All is ready, and the program was not started.
unpack 'tar -xzf - -C /to'
docker create --name lab-02-kitchen --user 1000 -v lab-02-recipes:/recipes busybox:1.37 httpd -f -p 8080 -h /recipes

### wrong user (breaks 4): The program runs as root.
unpack 'tar -xzf - -C /to'
kitchen -v lab-02-recipes:/recipes

### wrong helper (breaks 4): The program runs as user 1000, and beside it something as root.
unpack 'tar -xzf - -C /to'
kitchen --user 1000 -v lab-02-recipes:/recipes
docker exec -d --user 0 lab-02-kitchen sleep 1000000

### wrong no-server (breaks 5): The volume and the user are right, and nothing is served.
unpack 'tar -xzf - -C /to'
docker run -d --name lab-02-kitchen --user 1000 -v lab-02-recipes:/recipes busybox:1.37 sleep 1000000

### wrong other-folder (breaks 5): The program serves another folder than the volume's.
unpack 'tar -xzf - -C /to'
docker run -d --name lab-02-kitchen --user 1000 -v lab-02-recipes:/recipes busybox:1.37 httpd -f -p 8080 -h /home

### wrong port (breaks 5): The recipes are served on another port.
unpack 'tar -xzf - -C /to'
docker run -d --name lab-02-kitchen --user 1000 -v lab-02-recipes:/recipes busybox:1.37 httpd -f -p 80 -h /recipes

### undo
docker rm -f lab-02-kitchen >/dev/null 2>&1 || true
docker volume rm -f lab-02-recipes >/dev/null
rm -rf made/02/recipes made/02/recipes.tar.gz
