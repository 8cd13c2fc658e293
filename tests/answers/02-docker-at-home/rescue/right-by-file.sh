# By way of a file on this machine.
docker run -d --name lab-02-guests busybox:1.37 sh -c 'mkdir -p /book && exec httpd -f -p 80 -h /book'
until docker exec lab-02-guests sh -c 'printf "Ada\nGrace\n" > /book/guests.txt'; do sleep 0.1; done
mkdir -p 02-home
docker cp lab-02-guests:/book/guests.txt 02-home/guests.txt
docker rm -f lab-02-guests
docker run -d --name lab-02-guests -v lab-02-book:/book busybox:1.37 sh -c 'mkdir -p /book && exec httpd -f -p 80 -h /book'
docker cp 02-home/guests.txt lab-02-guests:/book/guests.txt
rm 02-home/guests.txt
