# The volume is right, and the old container went before its file was saved.
docker run -d --name lab-02-guests busybox:1.37 sh -c 'mkdir -p /book && exec httpd -f -p 80 -h /book'
until docker exec lab-02-guests sh -c 'printf "Ada\nGrace\n" > /book/guests.txt'; do sleep 0.1; done
docker rm -f lab-02-guests
docker run -d --name lab-02-guests -v lab-02-book:/book busybox:1.37 sh -c 'mkdir -p /book && exec httpd -f -p 80 -h /book'
