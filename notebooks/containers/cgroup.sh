# What the cgroup of a process says. $1: its number on the engine's machine, whose cgroups are mounted at /cgroup.
one=$(sed -n 's/^[0-9]*:memory://p' "/proc/$1/cgroup")    # version 1 names its controllers
two=$(sed -n 's/^0:://p' "/proc/$1/cgroup")
if [ -n "$one" ]; then cd "/cgroup/memory$one"; else cd "/cgroup$two"; fi
pwd
echo "limit in bytes: $(cat memory.max 2> /dev/null || cat memory.limit_in_bytes)"
echo "used now:       $(cat memory.current 2> /dev/null || cat memory.usage_in_bytes)"
echo "its processes:  $(echo $(cat cgroup.procs))"
