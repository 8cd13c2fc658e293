# A memory-backed volume in place of a shell variable needs little more than the 40 MB.
kubectl -n lab-pods apply -f - <<'END'
apiVersion: v1
kind: Pod
metadata: {name: cache}
spec:
  terminationGracePeriodSeconds: 1
  volumes:
    - {name: store, emptyDir: {medium: Memory}}
  containers:
    - name: app
      image: busybox:1.37
      imagePullPolicy: IfNotPresent
      command:
        - sh
        - -c
        - head -c 40000000 /dev/zero > /store/data && echo "holding $(($(wc -c < /store/data) / 1000000)) MB" && exec sleep 3600
      volumeMounts: [{name: store, mountPath: /store}]
      resources: {requests: {cpu: 10m, memory: 16Mi}, limits: {memory: 64Mi}}
END
kubectl -n lab-pods wait --for=condition=Ready pod/cache --timeout=10m
