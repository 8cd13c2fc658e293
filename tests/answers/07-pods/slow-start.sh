### given
# The pod as it was handed out, with what stands on standard input in place of its probe; $1: one more container.
shop() {
    { sed '/livenessProbe:/,$d' manifests/07-slow.yaml; sed 's/^/      /'; echo "${1:-}"; } | kubectl -n lab-pods apply -f -
    kubectl -n lab-pods wait --for=condition=Ready pod/shop --timeout=10m
}
page='httpGet: {path: /, port: 8080}'

### right three: A probe for each of the three questions.
shop <<END
startupProbe: {$page, periodSeconds: 2, failureThreshold: 20}
readinessProbe: {$page, periodSeconds: 3, failureThreshold: 2}
livenessProbe: {$page, periodSeconds: 10, timeoutSeconds: 5}
END

### right patient: No startup probe: the liveness probe begins late, and takes more failures than half a minute has.
shop <<END
readinessProbe: {$page, periodSeconds: 5, failureThreshold: 2}
livenessProbe: {$page, initialDelaySeconds: 25, periodSeconds: 10, failureThreshold: 5}
END

### right command: Commands in the container ask the app; the liveness probe knows of a switch of the app's own.
shop <<'END'
startupProbe: {exec: {command: [test, -x, /tmp/www/cgi-bin/index.cgi]}, periodSeconds: 1, failureThreshold: 60}
readinessProbe: {exec: {command: [wget, -q, -T, "1", -O, /dev/null, "http://localhost:8080/"]}, periodSeconds: 4, timeoutSeconds: 3}
livenessProbe: {exec: {command: [wget, -q, -O, /dev/null, "localhost:8080"]}, periodSeconds: 5, timeoutSeconds: 4}
END

### right named: The startup probe connects to a port by its name, and another container is beside the app.
shop '    - {name: clock, image: "busybox:1.37", imagePullPolicy: IfNotPresent, command: [sleep, "3600"]}' <<'END'
ports: [{name: http, containerPort: 8080}]
startupProbe: {tcpSocket: {port: http}, periodSeconds: 5, failureThreshold: 12}
readinessProbe: {httpGet: {port: http}, periodSeconds: 10, failureThreshold: 1}
livenessProbe: {httpGet: {path: "/?alive", port: http}, periodSeconds: 15, timeoutSeconds: 3}
END

### wrong as-it-is: Just applied.
kubectl -n lab-pods apply -f manifests/07-slow.yaml
kubectl -n lab-pods wait pod/shop --for=jsonpath='{.status.containerStatuses[0].restartCount}'=1 --timeout=10m

### wrong several (breaks 4): Three faults at once, which are all said: no readiness probe, early, and impatient.
shop <<END
startupProbe: {$page, periodSeconds: 5, failureThreshold: 5}
livenessProbe: {$page, periodSeconds: 10}
END

### wrong quick (breaks 1): Its command does not wait any more.
sed 's/sleep 20 & wait $!/true/' manifests/07-slow.yaml | kubectl -n lab-pods apply -f -
kubectl -n lab-pods wait --for=condition=Ready pod/shop --timeout=10m

### wrong other-app (breaks 1): Another app, which starts at once.
kubectl -n lab-pods run shop --image=lab/welcome:1.0 --image-pull-policy=IfNotPresent
kubectl -n lab-pods wait --for=condition=Ready pod/shop --timeout=10m

### wrong tight (breaks 2): The startup probe gives up at 24 seconds.
shop <<END
startupProbe: {$page, periodSeconds: 8, failureThreshold: 4}
readinessProbe: {$page, periodSeconds: 3, failureThreshold: 2}
livenessProbe: {$page, periodSeconds: 10, timeoutSeconds: 5}
END

### wrong tight-liveness (breaks 2): So does the liveness probe, and there is no startup probe.
shop <<END
readinessProbe: {$page, periodSeconds: 3, failureThreshold: 2}
livenessProbe: {$page, periodSeconds: 12, timeoutSeconds: 5}
END

### wrong no-liveness (breaks 3): Nothing restarts it.
shop <<END
startupProbe: {$page, periodSeconds: 2, failureThreshold: 20}
readinessProbe: {$page, periodSeconds: 3, failureThreshold: 2}
END

### wrong connects (breaks 3): The liveness probe connects, and asks nothing.
shop <<END
startupProbe: {$page, periodSeconds: 2, failureThreshold: 20}
readinessProbe: {$page, periodSeconds: 3, failureThreshold: 2}
livenessProbe: {tcpSocket: {port: 8080}, periodSeconds: 10}
END

### wrong exists (breaks 3): The liveness probe sees that there is a process.
shop <<END
startupProbe: {$page, periodSeconds: 2, failureThreshold: 20}
readinessProbe: {$page, periodSeconds: 3, failureThreshold: 2}
livenessProbe: {exec: {command: [pidof, httpd]}, periodSeconds: 10}
END

### wrong late (breaks 3): It is restarted after more than a minute.
shop <<END
startupProbe: {$page, periodSeconds: 2, failureThreshold: 20}
readinessProbe: {$page, periodSeconds: 3, failureThreshold: 2}
livenessProbe: {$page, periodSeconds: 20, timeoutSeconds: 5}
END

### wrong other-page (breaks 3): The liveness probe asks for a page that the app does not have.
shop <<END
startupProbe: {$page, periodSeconds: 2, failureThreshold: 20}
readinessProbe: {$page, periodSeconds: 3, failureThreshold: 2}
livenessProbe: {httpGet: {path: /healthz, port: 8080}, periodSeconds: 10, failureThreshold: 5}
END

### wrong no-readiness (breaks 4): Nothing takes it out of the traffic.
shop <<END
startupProbe: {$page, periodSeconds: 2, failureThreshold: 20}
livenessProbe: {$page, periodSeconds: 10, timeoutSeconds: 5}
END

### wrong patient-readiness (breaks 4): A late answer is good enough for the readiness probe.
shop <<END
startupProbe: {$page, periodSeconds: 2, failureThreshold: 20}
readinessProbe: {$page, periodSeconds: 3, failureThreshold: 2, timeoutSeconds: 5}
livenessProbe: {$page, periodSeconds: 10, timeoutSeconds: 5}
END

### wrong slow-readiness (breaks 4): The readiness probe takes half a minute, with the default numbers.
shop <<END
startupProbe: {$page, periodSeconds: 2, failureThreshold: 20}
readinessProbe: {$page}
livenessProbe: {$page, periodSeconds: 10, timeoutSeconds: 5}
END

### wrong impatient (breaks 5): The liveness probe has as little patience as the readiness probe.
shop <<END
startupProbe: {$page, periodSeconds: 2, failureThreshold: 20}
readinessProbe: {$page, periodSeconds: 3, failureThreshold: 2}
livenessProbe: {$page, periodSeconds: 10}
END

### undo
kubectl -n lab-pods delete pod shop --ignore-not-found --force --grace-period=0
