# The broken one gets the folder that it asks for, and is started again.
docker rm -f lab-00-web > /dev/null 2>&1 || true
docker run -d --name lab-00-web busybox:1.37 \
    sh -c 'mkdir -p /www; echo "It works" > /www/index.html; exec httpd -f -p 80 -h /ww'
docker wait lab-00-web
mkdir -p ww
echo 'It works' > ww/index.html
docker cp ww lab-00-web:/ww
docker start lab-00-web
rm -r ww
