# stars: 3
kubectl describe pod -n shop -l app=catalog
kubectl set resources deployment/catalog -n shop --limits=memory=320Mi --requests=memory=256Mi
kubectl rollout status deployment/catalog -n shop
:answer name-the-cause OOMKilled
:advance 14m
