# Two app containers; wget asks localhost.
kubectl -n lab-pods apply -f - <<'END'
apiVersion: v1
kind: Pod
metadata: {name: pair}
spec:
  terminationGracePeriodSeconds: 1
  containers:
    - {name: web, image: "lab/welcome:1.0", imagePullPolicy: IfNotPresent}
    - name: visitor
      image: busybox:1.37
      imagePullPolicy: IfNotPresent
      command: [sh, -c, 'while :; do wget -qO- http://localhost:8000/; sleep 1; done']
END
kubectl -n lab-pods wait --for=condition=Ready pod/pair --timeout=10m
