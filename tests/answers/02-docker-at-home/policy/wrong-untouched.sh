# Nothing has been changed.
docker run -d --name lab-02-lamp --restart no busybox:1.37 httpd -f -p 80
docker run -d --name lab-02-report --restart always busybox:1.37 sh -c 'echo sending the report; exit 1'
