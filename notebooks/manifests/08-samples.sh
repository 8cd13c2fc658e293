# Writes down each second how many copies of `mill` there are, and what the autoscaler knows of their processor use:
#
#   08-samples.sh FILE CONDITION COPIES WORDS…
#
# until CONDITION (-ge or -le) holds for the ready copies and COPIES, and five times more, to be seen in the picture. It
# begins with a mark of WORDS, and prints what is new. A line of FILE is a moment in seconds, ready copies, wanted copies,
# and percent of the request, or - .
file=$1 condition=$2 copies=$3
shift 3
echo "$(date +%s) mark $*" | tee -a "$file"
last= more=5
for _ in $(seq 600); do
    ready=$(kubectl -n lab-deployments get deployment mill -o jsonpath='{.status.readyReplicas}')
    seen=$(kubectl -n lab-deployments get hpa mill -o jsonpath='{.status.desiredReplicas} {.status.currentMetrics[0].resource.current.averageUtilization}')
    set -- ${ready:-0} $seen
    line="$1 ${2:-0} ${3:--}"
    echo "$(date +%s) $line" >> "$file"
    [ "$line" = "$last" ] || echo "$1 ready, ${2:-0} wanted, processor use: ${3:-not known yet}${3:+ %}"
    last=$line
    if [ "$1" "$condition" "$copies" ]; then
        more=$((more - 1))
        [ $more -ge 0 ] || exit 0
    fi
    sleep 1
done
echo "after ten minutes there are ${1:-0} copies"
exit 1
