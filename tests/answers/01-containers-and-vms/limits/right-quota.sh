# Memory in KiB, the processor by period and quota, created before it is started.
docker rm -f lab-01-small > /dev/null 2>&1 || true
docker create --name lab-01-small --memory 65536k --cpu-period 50000 --cpu-quota 25000 debian:bookworm-slim sleep 1000000
docker start lab-01-small
