# Writes down each second how many copies of `mill` there are, and what the autoscaler knows of their processor use:
#
#   08-samples.sh FILE up|down WORDS…
#
# until there are as many ready copies as its bounds allow, or as few, and five times more, to be seen in the picture. It
# begins with a mark of WORDS, and prints them and what is new. A line of FILE is a moment in seconds, ready copies,
# wanted copies, and percent of the request, or - .
file=$1 way=$2
shift 2
hpa() { kubectl -n lab-deployments get hpa mill -o jsonpath="$1"; }
case $way in
    up) bound=$(hpa '{.spec.maxReplicas}') ;;
    down) bound=$(hpa '{.spec.minReplicas}') ;;
esac
echo "$(date +%s) mark $*" >> "$file"
echo "$*"
last= more=5
for _ in $(seq 600); do
    ready=$(kubectl -n lab-deployments get deployment mill -o jsonpath='{.status.readyReplicas}')
    set -- ${ready:-0} $(hpa '{.status.desiredReplicas} {.status.currentMetrics[0].resource.current.averageUtilization}')
    line="$1 ${2:-0} ${3:--}"
    echo "$(date +%s) $line" >> "$file"
    [ "$line" = "$last" ] || echo "$1 ready, ${2:-0} wanted, processor use: ${3:-not known yet}${3:+ %}"
    last=$line
    if [ "$1" -eq "$bound" ]; then
        more=$((more - 1))
        [ $more -ge 0 ] || exit 0
    fi
    sleep 1
done
echo "after ten minutes there are ${1:-0} copies"
exit 1
