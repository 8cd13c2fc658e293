# Logs a person in for a program at the company's issuer, and prints the token that the program gets.
#   login.sh PERSON [PROGRAM]
# The program asks for a code and shows it; the person enters it in a browser, with name and password; the program
# fetches the token. There is no browser in a cell, so this script plays the person too. Whatever is secret goes from
# program to program by a pipe.
person=$1 program=${2:-kubectl}
issuer=$(docker exec lab-15-issuer printenv ISSUER) || exit
ca=/tmp/issuer-$$.crt
trap 'docker exec workbook rm -f $ca' EXIT
docker exec lab-15-issuer cat ca.crt | docker exec -i workbook sh -c "cat > $ca" || exit
post() { docker exec -i workbook curl -sS --cacert $ca --data-binary @- "$issuer/$1"; }
field() { sed -n "s/.*\"$1\": \"\([^\"]*\)\".*/\1/p"; }

begun=$(printf 'client_id=%s' "$program" | post device)
code=$(echo "$begun" | field user_code)
device=$(echo "$begun" | field device_code)
[ -n "$code" ] || { echo "the issuer says: $begun" >&2; exit 1; }
echo "$program: go to $(echo "$begun" | field verification_uri) and enter $code" >&2

password=$(docker exec lab-15-issuer issuer password "$person") || exit
printf 'user_code=%s&person=%s&password=%s' "$code" "$person" "$password" | post login > /dev/null
echo "$person: done" >&2

token=$(printf 'grant_type=urn:ietf:params:oauth:grant-type:device_code&device_code=%s&client_id=%s' "$device" "$program" |
    post token | field id_token)
[ -n "$token" ] || { echo "the issuer gave no token" >&2; exit 1; }
if [ -n "${KUBERNETES_EXEC_INFO:-}" ]; then   # kubectl has started this, and wants it so
    printf '{"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": {"token": "%s"}}\n' "$token"
else
    echo "$token"
fi
