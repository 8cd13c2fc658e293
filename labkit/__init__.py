"""The container workbook's toolkit. Its rooms, from the ground up; each uses only those above it:

errors paths report   the ground
session               what a kernel is working on
environment           makes the Python environment; imports nothing of labkit
system/               files, processes, packages, ports, waiting
engine/               the Docker engine: found, or our own
supply/               where programs and images come from
cluster/              the minikube profile: state, start, contents
shell/                %%sh
evidence/             what checkers and pictures look at
display/              how cards and pictures look
course/               chapters, exercises, verdicts, progress
workspace/            JupyterLab and what runs beside it
views/                live pictures, one a file
lessons/              one module a chapter
lab                   what a notebook knows as `lab`
commands/, cli        the verbs of ./workbook
"""
