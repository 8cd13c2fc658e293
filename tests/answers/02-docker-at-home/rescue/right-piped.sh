# The volume is filled while the old container still runs.
docker run -d --name lab-02-guests busybox:1.37 sh -c 'mkdir -p /book && exec httpd -f -p 80 -h /book'
for _ in $(seq 1000); do docker exec lab-02-guests sh -c 'printf "Ada\nGrace\n" > /book/guests.txt' && break; sleep 0.1; done
docker exec lab-02-guests tar -cf - -C /book . | docker run --rm -i -v lab-02-book:/to busybox:1.37 tar -xf - -C /to
docker rm -f lab-02-guests
docker run -d --name lab-02-guests -v lab-02-book:/book busybox:1.37 sh -c 'mkdir -p /book && exec httpd -f -p 80 -h /book'
