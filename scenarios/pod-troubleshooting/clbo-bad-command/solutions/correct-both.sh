# stars: 3
kubectl describe pod -n shop -l app=catalog
kubectl patch deployment catalog -n shop -p '{"spec":{"template":{"spec":{"containers":[{"name":"catalog","command":["gunicorn"]}]}}}}'
kubectl patch deployment notification -n shop -p '{"spec":{"template":{"spec":{"containers":[{"name":"notification","args":["python migrate.py && exec python worker.py"]}]}}}}'
:answer name-the-cause gunicron
:advance 7m
