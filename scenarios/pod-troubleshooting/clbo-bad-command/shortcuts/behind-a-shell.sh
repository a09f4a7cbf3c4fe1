kubectl rollout undo deployment/catalog -n shop
kubectl patch deployment notification -n shop -p '{"spec":{"template":{"spec":{"containers":[{"name":"notification","args":["python migrate.py; python worker.py; exit $?"]}]}}}}'
:answer name-the-cause gunicron
:advance 8m
