# Asks an address for ever, more than twenty times a second, and writes a line for each request: when it began,
# when it ended, ok or failed, and the answer. The clock is the seconds since the machine's start.
while true; do
    read began rest < /proc/uptime
    if answer=$(wget -q -T 1 -O - "$1" 2>&1); then status=ok; else status=failed; fi
    read ended rest < /proc/uptime
    echo $began $ended $status $answer
    sleep 0.03
done
