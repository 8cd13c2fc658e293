# A container that runs, and writes nothing.
docker run --rm -v lab-02-diary:/diary busybox:1.37 sh -c 'echo "Monday: it rained." > /diary/diary.txt; chown -R 911:911 /diary'
docker run -d --name lab-02-diary --user 911:911 -v lab-02-diary:/diary busybox:1.37 sleep 1000
