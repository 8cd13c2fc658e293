"""What the machine offers, and Python does not: files, processes, packages, ports, time."""
