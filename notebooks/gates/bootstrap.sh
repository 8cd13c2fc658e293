# Makes up a bootstrap token that is good for ten minutes: FILE.token for whoever joins, FILE.env for the secret.
#   bootstrap.sh FILE
set -e
umask 077
random() { openssl rand -hex 16 | cut -c "1-$1"; }
id=$(random 6) secret=$(random 16)
echo "$id.$secret" > "$1.token"
cat > "$1.env" <<END
token-id=$id
token-secret=$secret
usage-bootstrap-authentication=true
auth-extra-groups=system:bootstrappers:kubeadm:default-node-token
expiration=$(docker exec workbook date -u -d '+10 minutes' +%Y-%m-%dT%H:%M:%SZ)
END
echo "bootstrap-token-$id"
