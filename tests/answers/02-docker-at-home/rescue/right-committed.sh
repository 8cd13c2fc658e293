# The layer becomes an image, and a new volume is filled from what the image has there.
docker run -d --name lab-02-guests busybox:1.37 sh -c 'mkdir -p /book && exec httpd -f -p 80 -h /book'
until docker exec lab-02-guests sh -c 'printf "Ada\nGrace\n" > /book/guests.txt'; do sleep 0.1; done
docker commit lab-02-guests lab/02-guests:1
docker rm -f lab-02-guests
docker run -d --name lab-02-guests -v lab-02-book:/book lab/02-guests:1 sh -c 'mkdir -p /book && exec httpd -f -p 80 -h /book'
