# In a container with gpg: makes a key without a passphrase, which lives for this chapter, and writes both halves to
# standard output, as a tar archive, in the form that Helm reads:
#
#   docker run --rm -i --name lab-13-gpg lab/notary:0.7 sh -s NAME < signing/gpg.sh | tar -xf - -C made/13
set -eu
umask 077
export GNUPGHOME=/tmp/gpg
mkdir $GNUPGHOME /tmp/out
gpg --batch --quiet --passphrase '' --quick-generate-key "$1 <$1@example.org>" rsa3072 sign 30d
gpg --batch --quiet --export > "/tmp/out/$1.public.gpg"
gpg --batch --quiet --export-secret-keys > "/tmp/out/$1.secret.gpg"
gpgconf --kill all
cd /tmp/out
tar -cf - *.gpg
