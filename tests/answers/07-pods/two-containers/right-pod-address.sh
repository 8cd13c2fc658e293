# It asks under the pod's own address, and writes to standard error.
kubectl -n lab-pods apply -f - <<'END'
apiVersion: v1
kind: Pod
metadata: {name: pair}
spec:
  terminationGracePeriodSeconds: 1
  containers:
    - name: asks
      image: busybox:1.37
      imagePullPolicy: IfNotPresent
      env:
        - {name: ADDRESS, valueFrom: {fieldRef: {fieldPath: status.podIP}}}
      command: [sh, -c, 'while :; do wget -qO- $ADDRESS:8000/ >&2; sleep 1; done']
    - {name: web, image: "lab/welcome:1.0", imagePullPolicy: IfNotPresent}
END
kubectl -n lab-pods wait --for=condition=Ready pod/pair --timeout=10m
