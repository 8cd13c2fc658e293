# Serves a folder without the page.
docker rm -f lab-00-web > /dev/null 2>&1 || true
docker run -d --name lab-00-web busybox:1.37 sh -c 'mkdir -p /ww; exec httpd -f -p 80 -h /ww'
