### given
workbook gameday draw wrong-port
k() { kubectl -n lab-gameday "$@"; }
served() { sh capstone/served.sh; }
mend() { k patch service door -p '{"spec": {"ports": [{"port": 80, "targetPort": 8080}]}}'; served; }
said() { workbook gameday name wrong-port; }

### right patch: Named, and patched.
said
mend

### right guessed: Two guesses, and then the manifest of the shop.
workbook gameday name small-quota || true
k apply --server-side --force-conflicts -f capstone/shop.yaml
served
said

### right named-port: The container gets a name for its port, and the service asks for that.
k patch deployment door -p '{"spec": {"template": {"spec": {"containers": [{"name": "door", "ports": [{"name": "web", "containerPort": 8080}]}]}}}}'
k patch service door --type=json -p '[{"op": "replace", "path": "/spec/ports/0/targetPort", "value": "web"}]'
k rollout status deployment/door --timeout=5m
served
said

### right new-service: The service is made anew, from what it was, with the right port.
k get service door -o json | python -c '
import json, sys
service = json.load(sys.stdin)
service["metadata"] = {"name": "door"}
service["spec"]["ports"][0]["targetPort"] = 8080
json.dump(service, sys.stdout)' > made/16/service.json
k delete service door
k apply -f made/16/service.json
served
said

### wrong named-only (breaks 1): Everybody knows what it is.
said

### wrong restarted (breaks 1): Everything was started anew.
said
k rollout restart deployment/door deployment/web
k rollout status deployment/door --timeout=5m
k rollout status deployment/web --timeout=5m

### wrong by-hand (breaks 1): Mended, and the quota leaves no room for a copy that comes back.
said
mend
k patch resourcequota shop -p '{"spec": {"hard": {"pods": "3"}}}'

### wrong emptied (breaks 2): The cause is gone, and so are the numbers.
said
mend
k exec store-0 -- sh -c 'REDISCLI_AUTH="$(cat /etc/store/password)" redis-cli DEL integers'

### wrong moved (breaks 2): The web looks for its store elsewhere, so users get other numbers.
said
mend
k set env deployment/web -c web STORE_URL= STORE_PASSWORD_FILE=
k patch configmap web-settings -p '{"data": {"STORE_URL": ""}}'
k rollout restart deployment/web
k rollout status deployment/web --timeout=5m

### wrong one (breaks 3): One copy of the web is enough, somebody thought.
said
mend
k scale deployment web --replicas=1
k rollout status deployment/web --timeout=5m

### wrong unprobed (breaks 3): Without its readiness probe there is less to go wrong.
said
mend
k patch deployment door --type=json -p '[{"op": "remove", "path": "/spec/template/spec/containers/0/readinessProbe"}]'
k rollout status deployment/door --timeout=5m
served

### wrong unwalled (breaks 3): Network policies are always in the way.
said
mend
k delete networkpolicies --all

### wrong almighty (breaks 3): The door's account may do everything.
said
mend
k create rolebinding all --clusterrole=admin --serviceaccount=lab-gameday:door

### wrong viewing (breaks 3): The door's account may look at all that is not secret.
said
mend
k create rolebinding see --clusterrole=view --serviceaccount=lab-gameday:door

### wrong unbounded (breaks 3): No quota any more.
said
mend
k delete resourcequota shop

### wrong silent (breaks 4): Nobody said what it was.
mend

### wrong mistaken (breaks 4): It was called something else.
mend
workbook gameday name wrong-selector || true

### undo
workbook gameday mend
kubectl -n lab-desk delete configmap incidents --ignore-not-found
docker rm -f lab-16-users > /dev/null 2>&1 || true
