# Writes a kubeconfig for somebody else. Yours is only read.
#   11-kubeconfig.sh FILE NAME NAMESPACE OPTIONS of kubectl config set-credentials, such as --token=…
file=$1 name=$2 namespace=$3
shift 3
server=$(kubectl config view --minify -o jsonpath='{.clusters[0].cluster.server}') || exit
ca=$(mktemp)
trap 'rm -f "$ca"' EXIT
# The certificate of the cluster's authority is in every namespace.
kubectl -n "$namespace" get configmap kube-root-ca.crt -o jsonpath='{.data.ca\.crt}' > "$ca" || exit
rm -f "$file"
{
    kubectl config --kubeconfig="$file" set-cluster lab --server="$server" \
        --certificate-authority="$ca" --embed-certs &&
    kubectl config --kubeconfig="$file" set-credentials "$name" "$@" &&
    kubectl config --kubeconfig="$file" set-context "$name" --cluster=lab --user="$name" --namespace="$namespace" &&
    kubectl config --kubeconfig="$file" use-context "$name"
} > /dev/null || exit
chmod 600 "$file"
echo "$file is $name's, in $namespace"
