kubectl patch configmap orders-config -n shop --type merge -p '{"data":{"DATABASE_HOST":"localhost"}}'
kubectl rollout restart deployment/orders -n shop
:answer name-the-cause DATABASE_HOST
:advance 12m
