### right run: Both limits at the start.
docker run -d --name lab-01-small --memory 64m --cpus 0.5 busybox:1.37 sleep 1000000

### right update: Started without limits and limited afterwards.
docker run -d --name lab-01-small busybox:1.37 httpd -f
docker update --memory 64m --memory-swap 128m --cpus .5 lab-01-small

### right quota: Memory in KiB, the processor by period and quota, created before it is started.
docker create --name lab-01-small --memory 65536k --cpu-period 50000 --cpu-quota 25000 debian:bookworm-slim sleep 1000000
docker start lab-01-small

### right python: With Docker's library for Python, in bytes; it is restarted when it ends.
python - << 'END'
import docker

docker.from_env().containers.run(
    "busybox:1.37", "sleep 1000000", name="lab-01-small", mem_limit=64 * 1024**2, memswap_limit=64 * 1024**2,
    cpu_quota=50000, restart_policy={"Name": "always"}, detach=True,
)
END

### wrong ended (breaks 1): The right limits on a container that has ended.
docker run --name lab-01-small --memory 64m --cpus 0.5 busybox:1.37 true

### wrong no-terminal (breaks 1): A shell in the background has nothing to read, and ends.
docker run -d --name lab-01-small --memory 64m --cpus 0.5 busybox:1.37
docker wait lab-01-small

### wrong other-name (breaks 1): The limits of another container.
docker run -d --name lab-01-small-2 --memory 64m --cpus 0.5 busybox:1.37 sleep 1000000

### wrong gigabytes (breaks 2): 64 GiB.
docker run -d --name lab-01-small --memory 64g --cpus 0.5 busybox:1.37 sleep 1000000

### wrong megabytes (breaks 2): 64 million bytes, which is less than 64 MiB.
docker run -d --name lab-01-small --memory 64000000 --cpus 0.5 busybox:1.37 sleep 1000000

### wrong reservation (breaks 2): A reservation is no limit.
docker run -d --name lab-01-small --memory-reservation 64m --cpus 0.5 busybox:1.37 sleep 1000000

### wrong inside (breaks 2): A limit that the shell sets for itself is another one, for each process.
docker run -d --name lab-01-small --cpus 0.5 busybox:1.37 sh -c 'ulimit -v 65536; exec sleep 1000000'

### wrong no-cpu (breaks 3): Forgets the processor.
docker run -d --name lab-01-small --memory 64m busybox:1.37 sleep 1000000

### wrong shares (breaks 3): Shares are a weight: alone on the machine the container still gets a whole processor.
docker run -d --name lab-01-small --memory 64m --cpu-shares 512 busybox:1.37 sleep 1000000

### wrong one-processor (breaks 3): Chooses one of the processors, and may use all of it.
docker run -d --name lab-01-small --memory 64m --cpuset-cpus 0 busybox:1.37 sleep 1000000

### wrong quota-alone (breaks 3): Half of another period than the usual 100 ms.
docker run -d --name lab-01-small --memory 64m --cpu-period 50000 --cpu-quota 50000 busybox:1.37 sleep 1000000

### undo
docker rm -f lab-01-small lab-01-small-2 > /dev/null 2>&1 || true
