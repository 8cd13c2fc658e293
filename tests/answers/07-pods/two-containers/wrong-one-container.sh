# Only the app.
kubectl -n lab-pods apply -f - <<'END'
apiVersion: v1
kind: Pod
metadata: {name: pair}
spec:
  terminationGracePeriodSeconds: 1
  containers:
    - {name: web, image: "lab/welcome:1.0", imagePullPolicy: IfNotPresent}
END
kubectl -n lab-pods wait --for=condition=Ready pod/pair --timeout=10m
