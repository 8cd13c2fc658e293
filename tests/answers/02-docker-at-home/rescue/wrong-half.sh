# One of the guests got lost.
docker run -d --name lab-02-guests busybox:1.37 sh -c 'mkdir -p /book && exec httpd -f -p 80 -h /book'
for _ in $(seq 1000); do docker exec lab-02-guests sh -c 'printf "Ada\nGrace\n" > /book/guests.txt' && break; sleep 0.1; done
docker exec lab-02-guests head -n 1 /book/guests.txt > kept
docker rm -f lab-02-guests
docker run -d --name lab-02-guests -v lab-02-book:/book busybox:1.37 sh -c 'mkdir -p /book && exec httpd -f -p 80 -h /book'
docker cp kept lab-02-guests:/book/guests.txt
rm kept
