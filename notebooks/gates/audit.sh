# What the API server has written down, a line a request: the lines that have all of the words in them.
#   audit.sh [WORD…]
docker exec workbook sh -c \
    'zcat -f /var/log/pods/kube-system_kube-apiserver-*/kube-apiserver/*.log* 2> /dev/null' |
    python "$(dirname "$0")/audit.py" "$@"
