kubectl get pods -n shop -l app=orders
kubectl logs -n shop deploy/orders --previous
kubectl patch configmap orders-config -n shop --type merge -p '{"data":{"DATABASE_HOST":"kfo-prod-orders.c9ak2xq7.eu-west-1.rds.amazonaws.com"}}'
kubectl rollout restart deployment/orders -n shop
kubectl rollout status deployment/orders -n shop
:answer name-the-cause DATABASE_HOST
:advance 3m
