# Each command overwrites what was there.
docker version --format '{{.Server.Version}}' > 00-engine.txt
docker info --format '{{.OperatingSystem}}' > 00-engine.txt
docker info --format '{{.KernelVersion}}' > 00-engine.txt
