# The version of the API in place of the engine's.
docker version --format '{{.Server.APIVersion}}' > 00-engine.txt
docker info --format '{{.OperatingSystem}}{{"\n"}}{{.KernelVersion}}' >> 00-engine.txt
