# Runs a command in the middle of a slow request:  slow-request.sh URL COMMAND…
# The request's body comes in two halves, two seconds apart. As soon as the app has begun to read the first one,
# which curl's trace tells, the command runs; then comes the second half, and perhaps an answer.
url=$1
shift
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
: > "$place/trace"
{ printf '{"integer":'; sleep 2; printf ' 9}'; } |
    curl -sv -X POST -T - -H 'Expect: 100-continue' -o "$place/answer" "$url" 2> "$place/trace" &
request=$!
until grep -q '100 Continue' "$place/trace"; do
    kill -0 $request 2>/dev/null || { grep '^curl\|^\*' "$place/trace"; exit 1; }
    sleep 0.1
done
echo "half of the request is sent"
"$@"
if wait $request; then
    echo "the answer: $(cat "$place/answer")"
else
    echo "curl failed: no answer"
fi
