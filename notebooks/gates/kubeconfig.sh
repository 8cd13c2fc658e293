# Writes a kubeconfig for whoever a token belongs to. It names the token's file, which lies beside it: a token on a
# command line is seen by everybody who lists the machine's processes.
#   kubeconfig.sh FILE NAMESPACE TOKEN
file=$1 namespace=$2 token=$3
of() { kubectl config view --minify --flatten --raw -o jsonpath="{.clusters[0].cluster.$1}"; }
umask 077
cat > "$file" <<END
apiVersion: v1
kind: Config
clusters:
  - name: lab
    cluster: {server: "$(of server)", certificate-authority-data: $(of certificate-authority-data)}
users:
  - name: bearer
    user: {tokenFile: $token}
contexts:
  - name: lab
    context: {cluster: lab, user: bearer, namespace: $namespace}
current-context: lab
END
echo "$file: whoever has the token in $token"
