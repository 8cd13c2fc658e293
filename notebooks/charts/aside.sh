# Moves a folder that you wrote out of the way, to its name with the next free number, and says so:
#
#   aside.sh FOLDER [AS-IT-CAME]   one that is still as it came is removed
[ -e "$1" ] || exit 0
if [ $# -gt 1 ] && diff -r -x .ipynb_checkpoints "$2" "$1" > /dev/null; then
    rm -r "$1"
    exit
fi
n=1
while [ -e "$1-$n" ]; do n=$((n + 1)); done
mv "$1" "$1-$n" && echo "what was in $1 is in $1-$n now"
