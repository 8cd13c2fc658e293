# Waits, for a minute and a half at most each, until parts of the control plane are ready (true) or not (false).
#
#   bash cluster/parts.sh [true | false [PART…]]      without a part: those that a night can break
wanted=${1:-true}
[ $# -eq 0 ] || shift
[ $# -gt 0 ] || set -- kube-scheduler kube-controller-manager
ready='{.status.containerStatuses[0].ready}'
for part; do
    for _ in {1..300}; do
        [ "$(kubectl -n kube-system get pod "$part-workbook" -o jsonpath="$ready" 2>/dev/null)" = "$wanted" ] && continue 2
        sleep 0.3
    done
    echo "$part is still not as it should be: $(kubectl -n kube-system get pod "$part-workbook" 2>&1 | tail -n 1)"
    exit 1
done
