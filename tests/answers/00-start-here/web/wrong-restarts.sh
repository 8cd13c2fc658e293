# Started again and again, with the same mistake.
docker rm -f lab-00-web > /dev/null 2>&1 || true
docker run -d --restart always --name lab-00-web busybox:1.37 \
    sh -c 'mkdir -p /www; echo "It works" > /www/index.html; exec httpd -f -p 80 -h /ww'
