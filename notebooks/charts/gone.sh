# Removes a release, if it is there, and waits until its pods have ended, for which Helm does not wait:
#
#   gone.sh NAME [LABEL]   the label of its pods, where it is not the usual one
helm -n lab-helm uninstall "$1" --ignore-not-found --wait > /dev/null || exit 1
kubectl -n lab-helm wait --for=delete pods --timeout=5m -l "${2:-app.kubernetes.io/instance=$1}" > /dev/null
