# Sixty requests of the pod client, each on a connection of its own: which pod answered how many?
kubectl -n lab-services exec client -- sh -c '
    for i in $(seq 60); do wget -S -qO /dev/null http://welcome/ 2>&1; done' |
    grep Served-By | sort | uniq -c
