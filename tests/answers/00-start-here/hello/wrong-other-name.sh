# Under a name of Docker's own choice.
docker run --label lab-00-hello=1 --name lab-00-hello-2 busybox:1.37 echo Hello
docker rm lab-00-hello-2
