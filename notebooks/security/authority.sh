# Makes a certificate authority, ca.pem and ca-key.pem, in a folder:  authority.sh FOLDER
set -e
mkdir -p "$1"
openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj "/CN=lab" \
    -keyout "$1/ca-key.pem" -out "$1/ca.pem" 2> "$1/said" || { cat "$1/said"; exit 1; }
rm "$1/said"
chmod 600 "$1/ca-key.pem"
echo "$1: an authority"
