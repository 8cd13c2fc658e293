# The second container says the words without asking.
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
      command: [sh, -c, 'while :; do echo Welcome home!; sleep 1; done']
END
kubectl -n lab-pods wait --for=condition=Ready pod/pair --timeout=10m
