# A night in the shop: four accounts do their work, and one of them does something else, too.
#   bash gates/night.sh [baker | cashier | courier | porter]
set -eu
here=$(dirname "$0") keys=made/15/keys
names=(baker cashier courier porter)
# Shuffled by a name that is given, or by chance: the first is the one.
first=${1:-${names[RANDOM % 4]}}
others=()
for name in "${names[@]}"; do [ "$name" = "$first" ] || others+=("$name"); done

lab() { kubectl -n lab-secure-shop "$@"; }
mkdir -p "$keys"
lab delete rolebinding keepers front-desk --ignore-not-found > /dev/null
lab delete configmap prices hours night --ignore-not-found > /dev/null
lab apply -f "$here/staff.yaml" -f "$here/prices.yaml" > /dev/null
lab create configmap hours --from-literal=opens=7 > /dev/null
for name in "${names[@]}"; do
    lab create token "$name" --duration=20m > "$keys/$name.token"
    sh "$here/kubeconfig.sh" "$keys/$name.kubeconfig" lab-secure-shop "$name.token" > /dev/null
    sh "$here/../manifests/11-until.sh" yes patch configmaps -n lab-secure-shop \
        --as "system:serviceaccount:lab-secure-shop:$name" > /dev/null
done
lab create configmap night --from-literal=began="$(docker exec workbook date -u +%Y-%m-%dT%H:%M:%SZ)" > /dev/null

as() { who=$1; shift; kubectl --kubeconfig="$keys/$who.kubeconfig" "$@" > /dev/null 2>&1 || true; }
price() { echo "{\"data\": {\"$1\": \"$2\"}}"; }
for name in "${names[@]}"; do as "$name" get configmaps; done
as "${others[0]}" patch configmap hours -p "$(price opens 8)"
as "${others[1]}" patch configmap prices --dry-run=server -p "$(price cake 5)"
as "$first" patch configmap hours -p "$(price closes 18)"
as "${others[2]}" delete configmap prices
as "$first" patch configmap prices -p "$(price coffee 0)"
as "${others[1]}" patch configmap hours -p "$(price opens 7)"
as "$first" create rolebinding front-desk --role=keeper --group=system:serviceaccounts:lab-secure-yard
for name in "${others[@]}"; do as "$name" get configmap prices; done
lab get configmap prices -o jsonpath='Good morning. Coffee costs {.data.coffee} today.{"\n"}'
