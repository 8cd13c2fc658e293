# Sets up the guestbook lab-14-book as a colleague hardened it.
set -e
docker network create --internal lab-14 > /dev/null 2>&1 || true
docker build -q -t lab/14-book:1 security/book
docker rm -f lab-14-book > /dev/null 2>&1 || true
docker volume rm -f lab-14-book > /dev/null
docker run -d --name lab-14-book --network lab-14 -v lab-14-book:/data \
    --read-only --user 65534:65534 --cap-drop ALL lab/14-book:1
