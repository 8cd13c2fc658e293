# A volume without a name: the next container would get another one.
docker run -d --name lab-02-guests busybox:1.37 sh -c 'mkdir -p /book && exec httpd -f -p 80 -h /book'
until docker exec lab-02-guests sh -c 'printf "Ada\nGrace\n" > /book/guests.txt'; do sleep 0.1; done
docker exec lab-02-guests cat /book/guests.txt > kept
docker rm -f lab-02-guests
docker run -d --name lab-02-guests -v /book busybox:1.37 sh -c 'mkdir -p /book && exec httpd -f -p 80 -h /book'
docker cp kept lab-02-guests:/book/guests.txt
rm kept
