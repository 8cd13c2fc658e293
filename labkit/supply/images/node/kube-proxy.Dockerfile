# The programs that kube-proxy drives: packet filter and connection table.
FROM debian:bookworm-slim
RUN apt-get update -qq \
 && apt-get install -qqy --no-install-recommends iptables conntrack kmod >/dev/null \
 && rm -rf /var/lib/apt/lists/*
