kubectl patch deployment notification -n shop -p '{"spec":{"template":{"spec":{"restartPolicy":"OnFailure"}}}}'
kubectl rollout undo deployment/catalog -n shop
:answer name-the-cause gunicron
:advance 8m
