# Waits until the API server answers as expected; a new role or binding counts after a moment.
#   11-until.sh yes|no VERB RESOURCE [OPTIONS of kubectl auth can-i]
expected=$1
shift
for _ in $(seq 150); do
    said=$(kubectl auth can-i "$@" 2> /dev/null)
    case $said in "$expected"*) echo "may $*: $expected"; exit ;; esac
    sleep 0.1
done
echo "may $*: ${said:-no answer}, not $expected"
exit 1
