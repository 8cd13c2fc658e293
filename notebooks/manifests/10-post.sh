# Leaves numbers in the app as users do, by the service, each on a connection of its own:   10-post.sh NUMBER…
docker exec workbook sh -c '
    for n in "$@"; do
        curl -fsS -o /dev/null -d "{\"integer\": $n}" http://workbook:31100/intstorage || exit 1
    done' post "$@" || exit 1
echo "left: $*"
