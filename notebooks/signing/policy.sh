# Prints a policy: images of these names count only when they are signed with this key.  policy.sh NAME GLOB KEY
cat << EOF
apiVersion: policy.sigstore.dev/v1beta1
kind: ClusterImagePolicy
metadata:
  name: $1
spec:
  images:
    - glob: "$2"
  authorities:
    - key:
        hashAlgorithm: sha256
        data: |
$(sed 's/^/          /' "$3")
EOF
