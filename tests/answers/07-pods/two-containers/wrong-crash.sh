# The same app twice: one of them finds the port in use.
kubectl -n lab-pods apply -f - <<'END'
apiVersion: v1
kind: Pod
metadata: {name: pair}
spec:
  terminationGracePeriodSeconds: 1
  containers:
    - {name: web, image: "lab/welcome:1.0", imagePullPolicy: IfNotPresent}
    - {name: visitor, image: "lab/welcome:1.0", imagePullPolicy: IfNotPresent}
END

