kubectl create secret docker-registry ecr -n shop --docker-server=111122223333.dkr.ecr.eu-west-1.amazonaws.com --docker-username=AWS --docker-password="$(aws ecr get-login-password)"
kubectl patch serviceaccount checkout -n shop -p '{"imagePullSecrets":[{"name":"ecr"}]}'
kubectl rollout restart deployment checkout -n shop
:answer name-the-cause the node's role
:advance 8m
:advance 20m
