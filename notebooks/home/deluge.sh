# Talks to Deluge as its web page does: JSON to /json, with the cookie that the login gives.
#
#   bash home/deluge.sh answers              waits until its page answers
#   bash home/deluge.sh ask METHOD [PARAMS]  makes one request, and prints the answer
#   bash home/deluge.sh connect              connects the page to the daemon, which downloads
#   bash home/deluge.sh add FILE             hands a .torrent over; the download goes to /downloads
#   bash home/deluge.sh until WORDS          waits until a torrent has this name or state
set -euo pipefail

url=http://localhost:8112
cookies=$(mktemp)
trap 'rm -f "$cookies"' EXIT

ask() {
    curl -fsS --compressed -b "$cookies" -c "$cookies" -H 'Content-Type: application/json' \
        -d '{"id": 1, "method": "'"$1"'", "params": '"${2:-[]}"'}' "$url/json"
}

# Runs a command again and again until it succeeds, for ten minutes at most.
patiently() {
    local end=$((SECONDS + 600))
    until "$@" 2> /dev/null; do
        if [ $SECONDS -ge $end ]; then
            echo "Deluge has not done this in ten minutes: $*" >&2
            return 1
        fi
        sleep 0.3
    done
}

answers() { curl -fs -o /dev/null "$url/"; }
connected() { ask web.connect '["'"$host"'"]' | grep core.add_torrent_file > /dev/null; }
seen() { ask core.get_torrents_status '[{}, ["name", "state"]]' | grep -o "\"$1\"" | tr -d '"'; }

patiently answers
ask auth.login '["deluge"]' > /dev/null
case $1 in
    answers) echo "Deluge's page answers." ;;
    ask) ask "${@:2}" ;;
    connect)
        host=$(ask web.get_hosts | grep -o '[0-9a-f]\{32\}')
        patiently connected
        ;;
    add)
        torrent=$(base64 < "$2" | tr -d '\n')
        ask core.add_torrent_file '["holiday.torrent", "'"$torrent"'", {"download_location": "/downloads"}]' > /dev/null
        ;;
    until) patiently seen "$2" ;;
    *) echo "what is $1? The first lines of $0 say what there is." >&2; exit 2 ;;
esac
