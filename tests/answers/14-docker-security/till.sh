### given
sh security/till.sh
# Makes an authority in $1, a server's certificate for the name $2, and the client's that belongs to it.
keys() {
    [ -f "$1/ca.pem" ] || sh security/authority.sh "$1"
    sh security/certificate.sh "$1" made/14/till-server "$2" server
    sh security/certificate.sh "$1" made/14/till me client
}
# Starts the engine with the options that follow, and the server's folder as /tls.
engine() {
    docker stop lab-14-till > /dev/null
    docker rm -f lab-14-till > /dev/null
    docker create --name lab-14-till --hostname till --network lab-14 --privileged ${volume--v lab-14-till:/var/lib/docker} \
        docker:26.1-dind dockerd --host unix:///var/run/docker.sock "$@"
    docker cp made/14/till-server lab-14-till:/tls
    docker start lab-14-till
    sh deployment/engine.sh lab-14-till
}
tls='--tlscacert /tls/ca.pem --tlscert /tls/cert.pem --tlskey /tls/key.pem'

### right as-shown: As section 4 did it.
keys made/14/till-ca lab-14-till
engine --host tcp://0.0.0.0:2376 --tlsverify $tls

### right file: The options in the engine's own file, and a second port, also with certificates.
keys made/14/till-ca lab-14-till
cat > made/14/till-server/daemon.json <<'END'
{"hosts": ["unix:///var/run/docker.sock", "tcp://0.0.0.0:2376", "tcp://0.0.0.0:2377"],
 "tlsverify": true, "tlscacert": "/tls/ca.pem", "tlscert": "/tls/cert.pem", "tlskey": "/tls/key.pem"}
END
docker stop lab-14-till > /dev/null
docker rm lab-14-till
docker create --name lab-14-till --network lab-14 --privileged -v lab-14-till:/var/lib/docker \
    docker:26.1-dind dockerd --config-file /tls/daemon.json
docker cp made/14/till-server lab-14-till:/tls
docker start lab-14-till
sh deployment/engine.sh lab-14-till

### right elliptic: Keys of another kind, by openssl alone; plain HTTP stays for the machine itself, on loopback.
mkdir -p made/14/till-server made/14/till
(
    cd made/14/till-server
    openssl ecparam -name prime256v1 -genkey -noout -out ca-key.pem
    openssl req -x509 -new -key ca-key.pem -subj /CN=ours -days 5 -out ca.pem
    sign() {
        openssl ecparam -name prime256v1 -genkey -noout -out $1/key.pem
        openssl req -new -key $1/key.pem -subj "/CN=$2" -out $1/request
        printf '%s\n' "$3" > $1/extensions
        openssl x509 -req -in $1/request -CA ca.pem -CAkey ca-key.pem -CAcreateserial -days 5 \
            -extfile $1/extensions -out $1/cert.pem
    }
    sign . till 'subjectAltName=DNS:till,DNS:lab-14-till'
    sign ../till anybody 'extendedKeyUsage=clientAuth'
    cp ca.pem ../till/
)
engine --host tcp://0.0.0.0:2376 --host tcp://127.0.0.1:2375 --tlsverify $tls

### right tcp-alone: The engine listens on that port and nowhere else, not even on its socket.
keys made/14/till-ca lab-14-till
docker stop lab-14-till > /dev/null
docker rm lab-14-till
docker create --name lab-14-till --network lab-14 --privileged -v lab-14-till:/var/lib/docker \
    docker:26.1-dind dockerd --host tcp://0.0.0.0:2376 --tlsverify $tls
docker cp made/14/till-server lab-14-till:/tls
docker start lab-14-till

### wrong open (breaks 1): Certificates, and plain HTTP on another port, by a second engine's option in the same container.
keys made/14/till-ca lab-14-till
engine --host tcp://0.0.0.0:2376 --tlsverify $tls
docker exec -d lab-14-till sh -c 'mkdir -p /second && exec dockerd --host tcp://0.0.0.0:2375 --tls=false --bridge none \
    --iptables=false --data-root /second/data --exec-root /second/exec --pidfile /second/pid'
for _ in $(seq 100); do
    docker exec lab-14-till docker -H tcp://127.0.0.1:2375 version > /dev/null 2>&1 && break
    sleep 0.2
done

### wrong only-tls (breaks 1): TLS, and nobody is asked for a certificate.
keys made/14/till-ca lab-14-till
engine --host tcp://0.0.0.0:2376 --tls --tlsverify=false $tls

### wrong as-it-was (breaks 1): The keys are made, and the engine stays as it was.
keys made/14/till-ca lab-14-till

### wrong same-authority (breaks 2): Signed by the authority which the colleague has a certificate from.
keys made/14/old lab-14-till
engine --host tcp://0.0.0.0:2376 --tlsverify $tls

### wrong both (breaks 2): A new authority, and the old one is trusted beside it.
keys made/14/till-ca lab-14-till
cat made/14/old/ca.pem >> made/14/till-server/ca.pem
engine --host tcp://0.0.0.0:2376 --tlsverify $tls

### wrong no-client (breaks 3): Nobody gets in, not even the learner.
keys made/14/till-ca lab-14-till
engine --host tcp://0.0.0.0:2376 --tlsverify $tls
rm made/14/till/key.pem

### wrong other-name (breaks 3): The server's certificate is for another name.
keys made/14/till-ca localhost
engine --host tcp://0.0.0.0:2376 --tlsverify $tls

### wrong closed (breaks 3): No port at all.
keys made/14/till-ca lab-14-till
engine

### wrong other-port (breaks 3): Another port than the task's.
keys made/14/till-ca lab-14-till
engine --host tcp://0.0.0.0:2375 --tlsverify $tls

### wrong wrong-purpose (breaks 3): The client's certificate is for servers.
keys made/14/till-ca lab-14-till
engine --host tcp://0.0.0.0:2376 --tlsverify $tls
sh security/certificate.sh made/14/till-ca made/14/till me server

### wrong new-engine (breaks 4, loses given): A new engine, in which nothing is.
keys made/14/till-ca lab-14-till
volume=
engine --host tcp://0.0.0.0:2376 --tlsverify $tls

### wrong new-takings (breaks 4, loses given): A new engine, and in it a new container of that name.
keys made/14/till-ca lab-14-till
volume=
engine --host tcp://0.0.0.0:2376 --tlsverify $tls
docker save busybox:1.37 | docker exec -i lab-14-till docker load -q
docker exec lab-14-till docker run -d --name takings busybox:1.37 sleep 1000000

### wrong stopped (breaks 4): The same engine, and takings is stopped.
keys made/14/till-ca lab-14-till
engine --host tcp://0.0.0.0:2376 --tlsverify $tls
docker exec lab-14-till docker stop -t 0 takings

### wrong published (breaks 5): The port is published on the learner's machine.
keys made/14/till-ca lab-14-till
docker network create lab-14-out
docker stop lab-14-till
docker rm lab-14-till
docker create --name lab-14-till --network lab-14-out -p 127.0.0.1::2376 --privileged -v lab-14-till:/var/lib/docker \
    docker:26.1-dind dockerd --host unix:///var/run/docker.sock --host tcp://0.0.0.0:2376 --tlsverify $tls
docker network connect lab-14 lab-14-till
docker cp made/14/till-server lab-14-till:/tls
docker start lab-14-till
sh deployment/engine.sh lab-14-till

### undo
docker rm -fv lab-14-till > /dev/null 2>&1 || true
docker volume rm -f lab-14-till > /dev/null
docker network rm lab-14-out > /dev/null 2>&1 || true
rm -rf made/14/till made/14/till-ca made/14/till-server
