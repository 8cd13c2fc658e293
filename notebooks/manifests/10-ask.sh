# Asks for the list of numbers as users do, by the service, each time on a connection of its own: which answers come,
# and how often?   10-ask.sh TIMES
answers=$(docker exec workbook sh -c '
    for i in $(seq "$0"); do
        curl -fsS http://workbook:31100/intstorage || exit 1
    done' "$1") || exit 1
echo "$answers" | sort | uniq -c
