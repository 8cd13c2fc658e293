# All three, in another order.
docker info --format '{{.OperatingSystem}}{{"\n"}}{{.ServerVersion}}{{"\n"}}{{.KernelVersion}}' > 00-engine.txt
