# The diary is in the container's own layer now.
docker run --rm -v lab-02-diary:/diary busybox:1.37 sh -c 'echo "Monday: it rained." > /diary/diary.txt; chown -R 911:911 /diary'
docker run -d --name lab-02-diary --user 1000:1000 --tmpfs /diary:mode=1777 busybox:1.37 sh -c 'while echo "$HOSTNAME: all is well" >> /diary/diary.txt; do sleep 1; done; exit 1'
