### given
docker image rm -f lab/14-parcel:2 > /dev/null 2>&1 || true
rm -f made/14/found
sh security/leak.sh
# Writes the token of the parcel, found in its layers.
find_token() {
    mkdir -p made/14/parcel
    docker save lab/14-parcel:1 | tar -x -C made/14/parcel
    find made/14/parcel -type f | while read -r file; do
        tar -xOf "$file" root/.netrc 2> /dev/null || true
    done | sed -n 's/^password //p' | tail -n 1
    rm -rf made/14/parcel
}
find_token > made/14/found
token=$(cat made/14/found)
build() { docker build -q --no-cache -t lab/14-parcel:2 "$@" -; }

### right mounted: A secret of the build, from the file.
build --secret id=token,src=made/14/found <<'END'
FROM busybox:1.37
WORKDIR /parcel
RUN --mount=type=secret,id=token tr -d '\n' < /run/secrets/token | sha256sum | cut -c 1-64 > receipt
END

### right variable: From a variable of the environment, at another place, as the shell's variable.
TOKEN=$token build --secret id=token,env=TOKEN <<'END'
FROM debian:bookworm-slim
RUN --mount=type=secret,id=token,dst=/mnt/token mkdir /parcel && T=$(cat /mnt/token) && \
    printf %s "$T" | sha256sum > /parcel/receipt
END

### right outside: The receipt is computed before the build, and only it is copied.
printf 'the token is %s\n' "$token" > made/14/found
mkdir -p made/14/context
printf %s "$token" | openssl dgst -sha256 -r | cut -c 1-64 > made/14/context/receipt
printf 'FROM scratch\nCOPY receipt /parcel/\nCMD ["none"]\n' > made/14/context/Dockerfile
docker build -q -t lab/14-parcel:2 made/14/context

### right stages: Copied into a first stage, of which only the receipt goes on.
mkdir -p made/14/context
cp made/14/found made/14/context/
cat > made/14/context/Dockerfile <<'END'
FROM busybox:1.37 AS first
COPY found /found
RUN tr -d '\n' < /found | sha256sum | cut -c 1-64 > /receipt
FROM busybox:1.37
COPY --from=first /receipt /parcel/receipt
END
docker build -q -t lab/14-parcel:2 made/14/context

### wrong not-found (breaks 1): The receipt is copied from the old parcel, and nobody found the token.
rm made/14/found
build <<'END'
FROM busybox:1.37
COPY --from=lab/14-parcel:1 /parcel/receipt /parcel/receipt
END

### wrong receipt-for-token (breaks 1): The receipt was taken for the token.
docker run --rm lab/14-parcel:1 > made/14/found
build <<'END'
FROM busybox:1.37
COPY --from=lab/14-parcel:1 /parcel/receipt /parcel/receipt
END

### wrong old-token (breaks 1): The token of an earlier parcel.
echo lab-token-0123456789abcdef0123456789abcdef > made/14/found
build <<'END'
FROM busybox:1.37
COPY --from=lab/14-parcel:1 /parcel/receipt /parcel/receipt
END

### wrong whole-parcel (breaks 1): The token is in it, somewhere among four megabytes; nobody looked.
docker save lab/14-parcel:1 > made/14/found
build <<'END'
FROM busybox:1.37
COPY --from=lab/14-parcel:1 /parcel/receipt /parcel/receipt
END

### wrong no-parcel (breaks 2): The token was found, and nothing built.
true

### wrong newline (breaks 2): The end of line was counted.
build --secret id=token,src=made/14/found <<'END'
FROM busybox:1.37
WORKDIR /parcel
RUN --mount=type=secret,id=token sha256sum /run/secrets/token | cut -c 1-64 > receipt
END

### wrong elsewhere (breaks 2): The receipt is in another place.
build --secret id=token,src=made/14/found <<'END'
FROM busybox:1.37
RUN --mount=type=secret,id=token tr -d '\n' < /run/secrets/token | sha256sum | cut -c 1-64 > /receipt
END

### wrong removed (breaks 3): Copied, used, and removed.
mkdir -p made/14/context
cp made/14/found made/14/context/
cat > made/14/context/Dockerfile <<'END'
FROM busybox:1.37
COPY found /tmp/found
RUN mkdir /parcel && tr -d '\n' < /tmp/found | sha256sum | cut -c 1-64 > /parcel/receipt
RUN rm /tmp/found
END
docker build -q -t lab/14-parcel:2 made/14/context

### wrong argument (breaks 3): An argument of the build.
build --build-arg TOKEN="$token" <<'END'
FROM busybox:1.37
ARG TOKEN
RUN mkdir /parcel && printf %s "$TOKEN" | sha256sum | cut -c 1-64 > /parcel/receipt
END

### wrong base64 (breaks 3): A variable, in base64.
encoded=$(printf 'x%s' "$token" | openssl base64 -A)
build --build-arg TOKEN="$encoded" <<'END'
FROM busybox:1.37
ARG TOKEN
ENV LICENCE=$TOKEN
RUN mkdir /parcel && printf %s "$TOKEN" | base64 -d | cut -c 2- | tr -d '\n' | sha256sum | cut -c 1-64 > /parcel/receipt
END

### wrong base64-lines (breaks 3): The file with the token as mail would carry it, in base64, in lines.
mkdir -p made/14/context
printf 'machine parcels.example\nlogin robot\npassword %s\n' "$token" | openssl base64 > made/14/context/notes
cat > made/14/context/Dockerfile <<'END'
FROM busybox:1.37
COPY notes /notes
RUN --mount=type=secret,id=token mkdir /parcel && \
    tr -d '\n' < /run/secrets/token | sha256sum | cut -c 1-64 > /parcel/receipt
END
docker build -q -t lab/14-parcel:2 --secret id=token,src=made/14/found made/14/context

### wrong onwards (breaks 3): Built upon the old parcel, with all that is in it.
build <<'END'
FROM lab/14-parcel:1
LABEL version=2
END

### wrong kept (breaks 3): A secret of the build, and then the build keeps it in a file.
build --secret id=token,src=made/14/found <<'END'
FROM busybox:1.37
RUN --mount=type=secret,id=token mkdir /parcel && cp /run/secrets/token /parcel/.token && \
    tr -d '\n' < /parcel/.token | sha256sum | cut -c 1-64 > /parcel/receipt
END

### undo
docker image rm -f lab/14-parcel:2 > /dev/null 2>&1 || true
rm -rf made/14/found made/14/context made/14/parcel
