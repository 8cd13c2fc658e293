# The program runs as the files' owner, in a new container.
docker run --rm -v lab-02-diary:/diary busybox:1.37 sh -c 'echo "Monday: it rained." > /diary/diary.txt; chown -R 911:911 /diary'
docker run -d --name lab-02-diary --user 911:911 -v lab-02-diary:/diary busybox:1.37 sh -c 'while echo "$HOSTNAME: all is well" >> /diary/diary.txt; do sleep 1; done; exit 1'
