# The lamp comes back after a crash only.
docker run -d --name lab-02-lamp --restart on-failure busybox:1.37 httpd -f -p 80
docker run -d --name lab-02-report --restart on-failure:3 busybox:1.37 sh -c 'echo sending the report; exit 1'
