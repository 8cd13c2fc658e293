# Asks the engine about a container again and again, until it says what is wanted; for five minutes at most.
#
#   bash home/until.sh NAME FORMAT WORDS
set -euo pipefail

end=$((SECONDS + 300))
until said=$(docker inspect --format "$2" "$1") && [ "$said" = "$3" ]; do
    if [ $SECONDS -ge $end ]; then
        echo "after five minutes $1 is still: $said" >&2
        exit 1
    fi
    sleep 0.1
done
echo "$said"
