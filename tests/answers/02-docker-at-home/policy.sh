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

### right stopped: The report is not tried again now, and has its policy for the next time.
lamp unless-stopped
report always
docker stop -t 0 lab-02-report
docker update --restart on-failure:3 lab-02-report

### right python: With Docker's library for Python; the report is another program that fails.
python - << 'END'
import docker

run = docker.from_env().containers.run
run("busybox:1.37", "sleep 1000000", name="lab-02-lamp", restart_policy={"Name": "unless-stopped"}, detach=True)
tries = {"Name": "on-failure", "MaximumRetryCount": 3}
run("busybox:1.37", "cat /dev/printer", name="lab-02-report", restart_policy=tries, detach=True)
END

### wrong untouched (breaks 1): Nothing has been changed.
lamp no
report always

### wrong lamp-on-failure (breaks 1): The lamp comes back after a crash only.
lamp on-failure
report on-failure:3

### wrong always (breaks 2): The lamp would go on again at a reboot, though one had stopped it.
lamp always
report on-failure:3

### wrong off (breaks 3): The lamp's policy is right, and the lamp is off.
lamp unless-stopped
report on-failure:3
docker stop -t 0 lab-02-lamp

### wrong for-ever (breaks 4): The report is tried for ever, since no number limits the tries.
lamp unless-stopped
report on-failure

### wrong never (breaks 4): The report is not tried again at all.
lamp unless-stopped
report no

### wrong too-often (breaks 4): Four tries more, where three were allowed.
lamp unless-stopped
report on-failure:4

### wrong not-updated (breaks 4): The report is stopped, and its policy is the old one.
lamp unless-stopped
report always
docker stop -t 0 lab-02-report

### wrong waits (breaks 5): The report fails no more: it waits, for ever.
lamp unless-stopped
docker run -d --name lab-02-report --restart on-failure:3 busybox:1.37 sleep 1000000

### undo
docker rm -f lab-02-lamp lab-02-report >/dev/null 2>&1 || true
