# stars: 3
kubectl patch configmap catalog-config -n shop --type merge -p '{"data":{"CATALOG_CACHE_MB":"32"}}'
kubectl rollout restart deployment/catalog -n shop
:answer name-the-cause oomkilled
:advance 14m
