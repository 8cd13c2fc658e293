### given
# The chapter's file without its fixed name, changed by sed as the arguments say, and my own words on the page.
twice() {
    sed -e '/container_name/d' "$@" compose/twice.yaml > compose/twice.mine.yaml
    echo '<p>My own words.</p>' > compose/page/index.html
}
variable='s/8032:80/${PAGE_PORT:-8032}:80/'
up() {
    project=$1
    shift
    docker compose -p "lab-04-$project" -f compose/twice.mine.yaml "$@" --progress quiet up -d --build
}

### right variable: The port is a variable of the shell.
twice -e "$variable"
up one
PAGE_PORT=8033 up two

### right env-file: Each project has a file with its settings; one image with a name for both.
twice -e "$variable" -e 's/build: page/&\n    image: lab-04-page:mine/'
echo PAGE_PORT=8033 > compose/04-two.env
up one
up two --env-file compose/04-two.env

### right range: A range of ports: the first takes the first, the second what is left.
twice -e 's/8032:80/8032-8033:80/'
up one
up two

### right inline: The Dockerfile in the file, the name of the project in the port's place; another server.
cat > compose/twice.mine.yaml <<'END'
services:
  web:
    build:
      context: page
      dockerfile_inline: |
        FROM busybox:1.37
        COPY index.html /srv/
        CMD ["httpd", "-f", "-p", "80", "-h", "/srv"]
    init: true
    container_name: ${COMPOSE_PROJECT_NAME}-the-page
    ports:
      - {target: 80, published: "${PAGE_PORT:?}", host_ip: 127.0.0.1}
END
echo '<h1>Guten Tag</h1>' > compose/page/index.html
PAGE_PORT=8032 up one
PAGE_PORT=8033 up two

### wrong as-it-was: The file as it was handed out; the second project has no container.
cp compose/twice.yaml compose/twice.mine.yaml
up one
up two || true

### wrong one (breaks 1): One of the two was made from a changed copy.
twice
up one
sed 's/8032/8033/' compose/twice.mine.yaml > compose/04-two.yaml
docker compose -p lab-04-two -f compose/04-two.yaml --progress quiet up -d --build

### wrong override (breaks 1): The second has an override file beside it.
twice -e '/ports:/d' -e '/8032/d'
for port in 8032 8033; do
    printf 'services: {web: {ports: ["127.0.0.1:%s:80"]}}\n' $port > compose/04-$port.yaml
done
up one -f compose/04-8032.yaml
up two -f compose/04-8033.yaml

### wrong other-way-round (breaks 2): The ports are the other way round.
twice -e "$variable"
PAGE_PORT=8033 up one
up two

### wrong all-addresses (breaks 2): Open to everybody who can reach the machine.
twice -e 's/127.0.0.1:8032:80/${PAGE_PORT:-8032}:80/'
up one
PAGE_PORT=8033 up two

### wrong any-port (breaks 2): Ports that the engine chooses.
twice -e 's/8032:80/:80/'
up one
up two

### wrong mounted (breaks 3): The page is mounted.
twice -e "$variable" -e 's/build: page/&\n    volumes: ["\.\/page\/index.html:\/www\/index.html"]/'
up one
PAGE_PORT=8033 up two

### wrong by-hand (breaks 3): The image was built by docker build.
twice -e "$variable" -e 's/build: page/image: lab-04-page:mine/'
docker build -q -t lab-04-page:mine compose/page
docker compose -p lab-04-one -f compose/twice.mine.yaml --progress quiet up -d
PAGE_PORT=8033 docker compose -p lab-04-two -f compose/twice.mine.yaml --progress quiet up -d

### wrong old-page (breaks 4): The page as it was handed out.
sed -e '/container_name/d' -e "$variable" compose/twice.yaml > compose/twice.mine.yaml
up one
PAGE_PORT=8033 up two

### wrong not-built-again (breaks 4): The second project's image is of before the change.
sed -e '/container_name/d' -e "$variable" compose/twice.yaml > compose/twice.mine.yaml
PAGE_PORT=8033 up two
twice -e "$variable"
up one

### undo
docker compose -p lab-04-one --progress quiet down -v -t 0
docker compose -p lab-04-two --progress quiet down -v -t 0
docker rm -f lab-04-web >/dev/null 2>&1 || true
docker image rm -f lab-04-one-web lab-04-two-web lab-04-page:mine >/dev/null 2>&1 || true
for project in lab-04-one lab-04-two; do
    docker image prune --force --filter label=com.docker.compose.project=$project >/dev/null
done
rm -f compose/04-two.yaml compose/04-two.env compose/04-8032.yaml compose/04-8033.yaml
