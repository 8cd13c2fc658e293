# The kernel as a container sees it; empty lines in between.
{
    docker info --format 'version {{.ServerVersion}}{{"\n\n"}}{{.OperatingSystem}}'
    echo
    docker run --rm busybox:1.37 uname -r
} > 00-engine.txt
