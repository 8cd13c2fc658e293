# Nothing is mended; it is only started again.
docker run --rm -v lab-02-diary:/diary busybox:1.37 sh -c 'echo "Monday: it rained." > /diary/diary.txt; chown -R 911:911 /diary'
docker run -d --name lab-02-diary --user 1000:1000 -v lab-02-diary:/diary busybox:1.37 sh -c 'while echo "$HOSTNAME: all is well" >> /diary/diary.txt; do sleep 1; done; exit 1'
docker wait lab-02-diary
docker start lab-02-diary
docker wait lab-02-diary
