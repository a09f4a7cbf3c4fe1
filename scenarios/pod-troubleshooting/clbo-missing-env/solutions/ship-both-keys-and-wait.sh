kubectl logs -n shop deploy/orders --previous
kubectl apply -f shop/orders.yaml
:answer name-the-cause DATABASE_HOST
:advance 9m
