# Typed in, as somebody remembers it.
printf '6.1\n5.15\n' > 01-kernels.txt
