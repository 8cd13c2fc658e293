### given
# The chapter's container: its page is in /www. $1: options of httpd; the others are docker run's.
serve() {
    docker run -d --name lab-00-web "${@:2}" busybox:1.37 \
        sh -c 'mkdir -p /www; echo "It works" > /www/index.html; exec httpd -f '"$1"
}

### right again: Run again with the right folder.
serve '-p 80 -h /www'

### right copied: The broken one gets the folder that it asks for, and is started again.
serve '-p 80 -h /ww'
docker wait lab-00-web
mkdir -p ww
echo 'It works' > ww/index.html
docker cp ww lab-00-web:/ww
docker start lab-00-web
rm -r ww

### right other-folder: Another folder, with a page of HTML that is copied in before the start.
docker create --name lab-00-web --workdir /srv busybox:1.37 httpd -f
echo '<h1>It works</h1>' > index.html
docker cp index.html lab-00-web:/srv/index.html
docker start lab-00-web
rm index.html

### wrong as-it-was: The broken one, untouched.
serve '-p 80 -h /ww'

### wrong restarts: Started again and again, with the same mistake.
serve '-p 80 -h /ww' --restart always

### wrong port: Serves the page on another port.
serve '-p 8080 -h /www'

### wrong empty: Serves a folder without the page.
docker run -d --name lab-00-web busybox:1.37 sh -c 'mkdir -p /ww; exec httpd -f -p 80 -h /ww'

### wrong sleeps: Runs, and serves nothing.
docker run -d --name lab-00-web busybox:1.37 sh -c 'echo "It works"; exec sleep 1000000'

### undo
docker rm -f lab-00-web > /dev/null 2>&1 || true
