# Looks for a word in all that an image carries, files that a later layer hides included:  search.sh IMAGE WORD
set -e
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
docker save "$1" | tar -x -C "$place"
find "$place" -type f | while read -r file; do
    if tar -tf "$file" > /dev/null 2>&1; then
        ! tar -xOf "$file" 2> /dev/null | grep -a -q -e "$2" || echo "in a layer"
    else
        ! grep -a -q -e "$2" "$file" || echo "in its configuration"
    fi
done | sort -u > "$place.found"
echo "$1: $(cat "$place.found" | paste -s -d , - | grep . || echo nowhere)"
rm -f "$place.found"
