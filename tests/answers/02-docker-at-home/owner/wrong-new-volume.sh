# A fresh volume of the same name: it writes, and Monday is lost.
docker run --rm -v lab-02-diary:/diary busybox:1.37 sh -c 'echo "Monday: it rained." > /diary/diary.txt; chown -R 911:911 /diary'
docker volume rm lab-02-diary
docker run --rm -v lab-02-diary:/diary busybox:1.37 chown 1000:1000 /diary
docker run -d --name lab-02-diary --user 1000:1000 -v lab-02-diary:/diary busybox:1.37 sh -c 'while echo "$HOSTNAME: all is well" >> /diary/diary.txt; do sleep 1; done; exit 1'
