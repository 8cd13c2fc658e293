# The one that asks is a sidecar, with other names, over the loopback address.
kubectl -n lab-pods apply -f - <<'END'
apiVersion: v1
kind: Pod
metadata: {name: pair}
spec:
  terminationGracePeriodSeconds: 1
  initContainers:
    - name: caller
      restartPolicy: Always
      image: busybox:1.37
      imagePullPolicy: IfNotPresent
      command: [sh, -c, 'while sleep 0.5; do wget -q -O /tmp/page 127.0.0.1:8000 && cat /tmp/page; done']
  containers:
    - {name: app, image: "lab/welcome:1.0", imagePullPolicy: IfNotPresent}
END
kubectl -n lab-pods wait --for=condition=Ready pod/pair --timeout=10m
