# Waits until three copies of the app are ready and the old ones have ended, and then until the node, which hears of it a
# moment later, sends users to these three and nowhere else.
sh cluster/settled.sh lab-store welcome || exit 1
for _ in $(seq 100); do
    copies=$(docker exec workbook sh -c '
        for i in $(seq 30); do
            curl -fsS -o /dev/null -D - http://workbook:31100/version || exit 1
        done' 2> /dev/null) &&
        [ "$(echo "$copies" | grep -i '^Served-By' | sort | uniq | grep -c .)" = 3 ] && exit
    sleep 0.2
done
echo "users do not reach three copies of welcome; kubectl -n lab-store get pods,endpointslices says what there is"
exit 1
