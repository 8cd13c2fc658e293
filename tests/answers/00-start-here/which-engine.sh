### right format: Each fact picked out with --format.
docker version --format '{{.Server.Version}}' > 00-engine.txt
docker info --format '{{.OperatingSystem}}' >> 00-engine.txt
docker info --format '{{.KernelVersion}}' >> 00-engine.txt

### right grep: Lines cut out of what docker info prints, with their labels.
docker info 2> /dev/null | grep -E '^ *(Server Version|Operating System|Kernel Version):' > lines
for name in Server Operating Kernel; do grep "$name" lines; done > 00-engine.txt
rm lines

### right container: The kernel as a container sees it; empty lines in between.
{
    docker info --format 'version {{.ServerVersion}}{{"\n\n"}}{{.OperatingSystem}}'
    echo
    docker run --rm busybox:1.37 uname -r
} > 00-engine.txt

### right sentences: Written as sentences, all of the kernel's words, in small letters.
{
    docker version --format 'The engine is v{{.Server.Version}}.'
    docker info --format 'Its machine runs {{.OperatingSystem}}.'
    docker run --rm busybox:1.37 uname -a
} | tr '[:upper:]' '[:lower:]' > 00-engine.txt

### right powershell: As Windows' PowerShell writes files, with Docker's library for Python.
python - << 'END'
from pathlib import Path

import docker

info = docker.from_env().info()
lines = info["ServerVersion"], info["OperatingSystem"], info["KernelVersion"]
Path("00-engine.txt").write_text("\ufeff" + "\r\n".join(lines) + "\r\n", encoding="utf-16-le", newline="")
END

### wrong api (breaks 1): The version of the API in place of the engine's.
docker version --format '{{.Server.APIVersion}}' > 00-engine.txt
docker info --format '{{.OperatingSystem}}{{"\n"}}{{.KernelVersion}}' >> 00-engine.txt

### wrong longer (breaks 1): The version with one more digit, typed in by hand.
docker version --format '{{.Server.Version}}1' > 00-engine.txt
docker info --format '{{.OperatingSystem}}{{"\n"}}{{.KernelVersion}}' >> 00-engine.txt

### wrong image (breaks 2): Asks the image what system it is, and not the engine.
docker version --format '{{.Server.Version}}' > 00-engine.txt
docker run --rm busybox:1.37 sh -c 'busybox | head -n 1; uname -r' >> 00-engine.txt

### wrong kind (breaks 2): linux is right, and not what the engine calls its system.
docker info --format '{{.ServerVersion}}{{"\n"}}{{.OSType}}{{"\n"}}{{.KernelVersion}}' > 00-engine.txt

### wrong build (breaks 3): When the kernel was built, and not its release.
docker info --format '{{.ServerVersion}}{{"\n"}}{{.OperatingSystem}}' > 00-engine.txt
docker run --rm busybox:1.37 uname -v >> 00-engine.txt

### wrong short (breaks 3): Only the first numbers of the release.
docker info --format '{{.ServerVersion}}{{"\n"}}{{.OperatingSystem}}' > 00-engine.txt
docker run --rm busybox:1.37 uname -r | cut -d . -f 1,2 >> 00-engine.txt

### wrong overwritten: Each command overwrites what was there.
docker version --format '{{.Server.Version}}' > 00-engine.txt
docker info --format '{{.OperatingSystem}}' > 00-engine.txt
docker info --format '{{.KernelVersion}}' > 00-engine.txt

### wrong swapped: All three, in another order.
docker info --format '{{.OperatingSystem}}{{"\n"}}{{.ServerVersion}}{{"\n"}}{{.KernelVersion}}' > 00-engine.txt

### wrong dump (breaks 4): Everything that docker info prints, on each of three lines.
for i in 1 2 3; do docker info 2> /dev/null | tr '\n' ' '; echo; done > 00-engine.txt

### undo
rm -f 00-engine.txt
