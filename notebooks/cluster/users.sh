# The users of chapter 05, on the network of the cluster's nodes: they come from outside, as users do.
# A node's name is an address there: http://workbook:30000/.
#
# A cell's users are called by its chapter, as lab-08-users. In a terminal they are those that are there.
chapter=${LABKIT_CELL:-}
USERS=lab-${chapter%%-*}-users USERS_NETWORK=workbook
[ -n "$chapter" ] || USERS=$(docker ps --all --filter 'name=^lab-.*users$' --format '{{.Names}}' | head -n 1)
export USERS=${USERS:-lab-users} USERS_NETWORK
exec sh "$(dirname "$0")/../deployment/users.sh" "$@"
