# Makes a key, and a certificate that an authority signs:  certificate.sh AUTHORITY FOLDER NAME server|client
# AUTHORITY is a folder with ca.pem and ca-key.pem. FOLDER gets key.pem, cert.pem and the authority's ca.pem, by the
# names that docker's client looks for. NAME: whom a server is called by, or who a client is.
set -e
authority=$1 folder=$2 name=$3 kind=$4
mkdir -p "$folder"
{
    echo "extendedKeyUsage = ${kind}Auth"
    [ "$kind" = client ] || echo "subjectAltName = DNS:$name"
} > "$folder/extensions"
openssl req -new -newkey rsa:2048 -nodes -subj "/CN=$name" \
    -keyout "$folder/key.pem" -out "$folder/request" 2> "$folder/said" || { cat "$folder/said"; exit 1; }
openssl x509 -req -in "$folder/request" -days 30 -CA "$authority/ca.pem" -CAkey "$authority/ca-key.pem" \
    -CAcreateserial -extfile "$folder/extensions" -out "$folder/cert.pem" 2> "$folder/said" ||
    { cat "$folder/said"; exit 1; }
[ "$authority" = "$folder" ] || cp "$authority/ca.pem" "$folder/ca.pem"
rm "$folder/extensions" "$folder/request" "$folder/said"
chmod 600 "$folder/key.pem"
echo "$folder: the certificate of $name, for a $kind"
