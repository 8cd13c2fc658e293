# The users of chapter 05, on the network of the cluster's nodes: they come from outside, as users do.
# A node's name is an address there: http://workbook:30000/.
export USERS=lab-users USERS_NETWORK=workbook
exec sh "$(dirname "$0")/../deployment/users.sh" "$@"
