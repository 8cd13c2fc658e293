# Another folder, with a page of HTML that is copied in before the start.
docker rm -f lab-00-web > /dev/null 2>&1 || true
docker create --name lab-00-web --workdir /srv busybox:1.37 httpd -f
echo '<h1>It works</h1>' > index.html
docker cp index.html lab-00-web:/srv/index.html
docker start lab-00-web
rm index.html
