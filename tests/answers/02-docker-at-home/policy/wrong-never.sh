# The report is not tried again at all.
docker run -d --name lab-02-lamp --restart unless-stopped busybox:1.37 httpd -f -p 80
docker run -d --name lab-02-report --restart no busybox:1.37 sh -c 'echo sending the report; exit 1'
