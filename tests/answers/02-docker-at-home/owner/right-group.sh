# A group that owns the file may write, and the program is in it.
docker run --rm -v lab-02-diary:/diary busybox:1.37 sh -c 'echo "Monday: it rained." > /diary/diary.txt; chown -R 911:911 /diary'
docker run --rm -v lab-02-diary:/diary busybox:1.37 sh -c "chgrp -R 1000 /diary; chmod -R g+w /diary"
docker run -d --name lab-02-diary --user 1000:1000 -v lab-02-diary:/diary busybox:1.37 sh -c 'while echo "$HOSTNAME: all is well" >> /diary/diary.txt; do sleep 1; done; exit 1'
