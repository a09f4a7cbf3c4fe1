kubectl create namespace sandbox
kubectl create deployment db -n sandbox --image=postgres:16 --port=5432
kubectl expose deployment db -n sandbox --port=5432
kubectl patch configmap orders-config -n shop --type merge -p '{"data":{"DATABASE_HOST":"db.sandbox"}}'
kubectl rollout restart deployment/orders -n shop
:answer name-the-cause DATABASE_HOST
:advance 12m
