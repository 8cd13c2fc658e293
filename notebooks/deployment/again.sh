# Makes the server as a cell expects it, whatever was done there before, so that the cell can be run again:
#
#   again.sh update      1.0 serves, alone
#   again.sh switch      1.0 serves behind the proxy, and there is no 2.0
#   again.sh unnoticed   2.0 serves behind the proxy, and 1.0 is stopped
#   again.sh dead        the server runs
set -e
before=$(cat made/05/before.txt) || { echo "run the cells of section 5 first, from its beginning"; exit 1; }
on_server() { docker exec lab-05-server docker "$@"; }
gone() { on_server rm -f "$@" >/dev/null 2>&1 || true; }
# Starts $1 on the server's network "shop", with the options and the image that follow.
start() { on_server run -d --network shop --restart unless-stopped --name "$@" >/dev/null; }

case $1 in
update)
    gone welcome front
    on_server run -d --name welcome --restart unless-stopped -p 8000:8000 "$before" >/dev/null
    ;;
switch)
    gone welcome-2
    on_server start welcome-1 >/dev/null
    on_server exec front switch welcome-1:8000
    ;;
unnoticed)
    gone welcome welcome-1 welcome-2 front
    on_server network create shop >/dev/null 2>&1 || true
    start welcome-1 "$before"
    start welcome-2 lab-05-registry:5000/lab/welcome:2.0
    start front -p 8000:8000 lab-05-registry:5000/lab/front:1
    on_server exec front switch welcome-2:8000
    on_server stop welcome-1 >/dev/null
    ;;
dead)
    docker start lab-05-server >/dev/null
    ;;
esac
# After the engine has started, it starts the app.
docker run --rm --network lab-05 busybox:1.37 sh -c '
    for _ in $(seq 300); do
        wget -q -T 1 -O - http://lab-05-server:8000/version && exit
        sleep 0.2
    done
    echo "the app does not answer on the server"
    exit 1'
