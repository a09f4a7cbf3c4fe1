# stars: 2
kubectl rollout undo deployment/catalog -n shop
kubectl rollout status deployment/catalog -n shop
:answer name-the-cause kfo/catalouge
:advance 2m
