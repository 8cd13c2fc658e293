# A folder of this machine in place of a volume.
docker run -d --name lab-02-guests busybox:1.37 sh -c 'mkdir -p /book && exec httpd -f -p 80 -h /book'
until docker exec lab-02-guests sh -c 'printf "Ada\nGrace\n" > /book/guests.txt'; do sleep 0.1; done
mkdir -p 02-home/book
docker cp lab-02-guests:/book/guests.txt 02-home/book/guests.txt
docker rm -f lab-02-guests
docker run -d --name lab-02-guests -v "$PWD/02-home/book:/book" busybox:1.37 sh -c 'mkdir -p /book && exec httpd -f -p 80 -h /book'
