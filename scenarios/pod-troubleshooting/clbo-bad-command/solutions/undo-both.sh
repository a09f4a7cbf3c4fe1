# stars: 2
kubectl rollout undo deployment/catalog -n shop
kubectl rollout undo deployment/notification -n shop
:answer name-the-cause gunicron
:advance 7m
