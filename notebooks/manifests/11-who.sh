# On the node: who asked for verb $1 on object $2, as deployments/shop, in the namespaces that follow. Says of each
# request when, who, what, where, and the answer's status; as many of the last ones as namespaces are named.
set -u
verb=$1 what=$2
shift 2
names=$(IFS='|'; echo "$*")
request="\"requestURI\":\"[^\"]*/namespaces/($names)/$what[?\"]"
user='"verb":"([a-z]+)","user":\{"username":"([^"]+)"'
answer='"code":([0-9]+).*"requestReceivedTimestamp":"([^".]+)'
requests() {
    # The audit log goes to the API server's own. The kubelet keeps five files of it, and packs the older ones.
    zcat -f /var/log/pods/kube-system_kube-apiserver-*/kube-apiserver/*.log* 2> /dev/null |
        grep -a "\"verb\":\"$verb\"" |
        sed -nE "s#.*$request.*$user.*$answer.*#\5  \3  \2  \1  \4#p" | sort -u
}
for _ in {1..50}; do   # a line is written a moment after the answer
    found=$(requests | tail -n $#)
    [ -z "$found" ] || break
    sleep 0.2
done
echo "${found:-the log has no such request}"
[ -n "$found" ]
