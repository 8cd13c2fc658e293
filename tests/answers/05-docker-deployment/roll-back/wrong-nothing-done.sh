# As the exercise found it.
docker network create lab-05 >/dev/null 2>&1 || true
docker start lab-05-registry >/dev/null 2>&1 ||
    docker run -d --name lab-05-registry --network lab-05 -p 127.0.0.1:5050:5000 registry:2.8.2
docker start lab-05-machine >/dev/null 2>&1 || docker run -d --name lab-05-machine --network lab-05 \
    --privileged docker:26.1-dind --insecure-registry lab-05-registry:5000
for _ in $(seq 150); do docker exec lab-05-machine docker info >/dev/null 2>&1 && break; sleep 0.2; done
curl -fs --retry 30 --retry-delay 1 --retry-all-errors http://localhost:5050/v2/
docker build -q -t localhost:5050/lab/welcome:2.0 -t localhost:5050/lab/welcome:stable - <<'END'
FROM lab/welcome:1.0
LABEL release="2.0"
HEALTHCHECK --interval=200ms --timeout=2s --retries=3 CMD ["/welcome", "-healthcheck"]
END
docker push -q localhost:5050/lab/welcome:2.0
docker push -q localhost:5050/lab/welcome:stable
docker exec lab-05-machine docker pull -q lab-05-registry:5000/lab/welcome:stable
docker build -q -t localhost:5050/lab/welcome:2.1 -t localhost:5050/lab/welcome:stable - <<'END'
FROM localhost:5050/lab/welcome:2.0
CMD ["-addr", ":9000"]
END
docker push -q localhost:5050/lab/welcome:2.1
docker push -q localhost:5050/lab/welcome:stable
docker exec lab-05-machine docker pull -q lab-05-registry:5000/lab/welcome:stable
docker exec lab-05-machine docker run -d --name shop --restart unless-stopped lab-05-registry:5000/lab/welcome:stable
