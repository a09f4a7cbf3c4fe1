kubectl delete deployment notification -n shop
kubectl rollout undo deployment/catalog -n shop
:answer name-the-cause gunicron
:advance 8m
