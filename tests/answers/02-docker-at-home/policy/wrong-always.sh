# The lamp would go on again at a reboot, though one had stopped it.
docker run -d --name lab-02-lamp --restart always busybox:1.37 httpd -f -p 80
docker run -d --name lab-02-report --restart on-failure:3 busybox:1.37 sh -c 'echo sending the report; exit 1'
