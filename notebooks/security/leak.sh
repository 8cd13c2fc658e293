# Builds lab/14-parcel:1, with a token in it that is new each time, and that nobody else has.
set -e
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
token=lab-token-$(openssl rand -hex 16)
printf 'machine parcels.example\nlogin robot\npassword %s\n' "$token" > "$place/netrc"
cat > "$place/Dockerfile" <<'END'
FROM busybox:1.37
WORKDIR /parcel
COPY netrc /root/.netrc
RUN sed -n 's/^password //p' /root/.netrc | tr -d '\n' | sha256sum | cut -c 1-64 > receipt \
 && echo "parcel 1, ready" > label
RUN rm /root/.netrc
CMD ["cat", "label", "receipt"]
END
# The one before would stay in the engine, without a name.
docker image rm -f lab/14-parcel:1 > /dev/null 2>&1 || true
docker build -q --no-cache -t lab/14-parcel:1 "$place"
