# The policies of the containers that are there are changed.
docker run -d --name lab-02-lamp --restart no busybox:1.37 httpd -f -p 80
docker run -d --name lab-02-report --restart always busybox:1.37 sh -c 'echo sending the report; exit 1'
docker update --restart unless-stopped lab-02-lamp
docker stop -t 0 lab-02-report
docker update --restart on-failure:3 lab-02-report
docker start lab-02-report
