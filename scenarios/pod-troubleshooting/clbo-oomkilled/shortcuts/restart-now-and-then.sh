kubectl rollout restart deployment/catalog -n shop
:advance 3m
kubectl rollout restart deployment/catalog -n shop
:answer name-the-cause OOMKilled
:advance 3m
kubectl rollout restart deployment/catalog -n shop
:advance 3m
kubectl rollout restart deployment/catalog -n shop
:advance 3m
