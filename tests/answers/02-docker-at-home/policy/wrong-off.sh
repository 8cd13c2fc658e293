# The lamp's policy is right, and the lamp is off.
docker run -d --name lab-02-lamp --restart unless-stopped busybox:1.37 httpd -f -p 80
docker run -d --name lab-02-report --restart on-failure:3 busybox:1.37 sh -c 'echo sending the report; exit 1'
docker stop -t 0 lab-02-lamp
