# 16-app with the change of the first exercise, committed; one that has it already stays as it is.
set -e
if [ -e 16-app/.git ] && grep -q '"/sum"' 16-app/*.go && [ -z "$(git -C 16-app status --porcelain)" ]; then
    exit
fi
sh charts/aside.sh 16-app
cp -R app 16-app
cp capstone/example/sum.go capstone/example/sum_test.go 16-app
sed -i.bak 's|^\(.*\)r.HandleFunc("/version".*|&\
\1r.HandleFunc("/sum", s.sum).Methods(http.MethodGet)|' 16-app/server.go
rm 16-app/server.go.bak
git init -q 16-app
git -C 16-app config user.name "A learner"
git -C 16-app config user.email learner@example.org
git -C 16-app add .
git -C 16-app commit -q -m "The sum of all integers, for the accountants"
