# May the talk's file be started here? Its container has a fixed name, so somebody else's may have it already; that one
# is left alone. Exit status 1 for no. On Docker Desktop it says what the host network needs.
label='{{index .Config.Labels "com.docker.compose.project"}}'
owner=$(docker inspect --format "$label" deluge 2>/dev/null) || owner=lab-04-talk
if [ "$owner" != lab-04-talk ]; then
    echo "A container called deluge is here already, and it is not this chapter's. It is left alone: read on."
    exit 1
fi
case $(docker info --format '{{.OperatingSystem}}') in "Docker Desktop"*)
    echo "Docker Desktop: nobody answers without Settings, Resources, Network, Enable host networking." ;;
esac
