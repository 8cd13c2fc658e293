# The other program has been moved, and people look for it in vain.
mkdir -p 02-home/news 02-home/photos
echo "<h1>Today's news</h1>" > 02-home/news/index.html
echo "<h1>Our photos</h1>" > 02-home/photos/index.html
docker run -d --name lab-02-photos -p 127.0.0.1:8210:80 -v "$PWD/02-home/photos:/www:ro" busybox:1.37 httpd -f -p 80 -h /www
docker run -d --name lab-02-news -p 127.0.0.1:8211:80 -v "$PWD/02-home/news:/www:ro" busybox:1.37 httpd -f -p 80 -h /www
