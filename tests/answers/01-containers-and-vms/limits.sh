### right run: Both limits at the start.
docker run -d --name lab-01-small --memory 64m --cpus 0.5 busybox:1.37 sleep 1000000

### right update: Started without limits and limited afterwards.
docker run -d --name lab-01-small busybox:1.37 httpd -f
docker update --memory 64m --memory-swap 128m --cpus .5 lab-01-small

### right quota: Memory in KiB, the processor by period and quota, created before it is started.
docker create --name lab-01-small --memory 65536k --cpu-period 50000 --cpu-quota 25000 debian:bookworm-slim sleep 1000000
docker start lab-01-small

### wrong gigabytes (breaks 1): 64 GiB.
docker run -d --name lab-01-small --memory 64g --cpus 0.5 busybox:1.37 sleep 1000000

### wrong reservation (breaks 1): A reservation is no limit.
docker run -d --name lab-01-small --memory-reservation 64m --cpus 0.5 busybox:1.37 sleep 1000000

### wrong no-cpu (breaks 2): Forgets the processor.
docker run -d --name lab-01-small --memory 64m busybox:1.37 sleep 1000000

### wrong shares (breaks 2): Shares are a weight: alone on the machine the container still gets a whole processor.
docker run -d --name lab-01-small --memory 64m --cpu-shares 512 busybox:1.37 sleep 1000000

### wrong ended: The right limits on a container that has ended.
docker run --name lab-01-small --memory 64m --cpus 0.5 busybox:1.37 true

### undo
docker rm -f lab-01-small > /dev/null 2>&1 || true
