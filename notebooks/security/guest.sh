# A guest of the guestbook lab-14-book, from another container on its network:  guest.sh [WORDS]
# Reads the book; with words, writes them into it first.
docker run --rm --network lab-14 busybox:1.37 \
    wget -q -O - -T 5 ${1:+--post-data "$1"} http://lab-14-book:8000/cgi-bin/book
