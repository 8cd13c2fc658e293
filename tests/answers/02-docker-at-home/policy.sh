### given
lamp() { docker run -d --name lab-02-lamp --restart "$1" busybox:1.37 httpd -f -p 80; }
report() { docker run -d --name lab-02-report --restart "$1" busybox:1.37 sh -c 'echo sending the report; exit 1'; }

### right anew: Both containers are made anew.
lamp unless-stopped
report on-failure:3

### right updated: The policies of the containers that are there are changed.
lamp no
report always
docker update --restart unless-stopped lab-02-lamp
docker stop -t 0 lab-02-report
docker update --restart on-failure:3 lab-02-report
docker start lab-02-report

### wrong untouched: Nothing has been changed.
lamp no
report always

### wrong always (breaks 1): The lamp would go on again at a reboot, though one had stopped it.
lamp always
report on-failure:3

### wrong lamp-on-failure (breaks 1): The lamp comes back after a crash only.
lamp on-failure
report on-failure:3

### wrong off: The lamp's policy is right, and the lamp is off.
lamp unless-stopped
report on-failure:3
docker stop -t 0 lab-02-lamp

### wrong for-ever (breaks 2): The report is tried for ever, since no number limits the tries.
lamp unless-stopped
report on-failure

### wrong never (breaks 2): The report is not tried again at all.
lamp unless-stopped
report no

### undo
docker rm -f lab-02-lamp lab-02-report >/dev/null 2>&1 || true
