# The users of this chapter, on the network of the cluster's nodes: users.sh start URL | mark WORDS… | stop FILE
export USERS=lab-16-users USERS_NETWORK=workbook
exec sh "$(dirname "$0")/../deployment/users.sh" "$@"
