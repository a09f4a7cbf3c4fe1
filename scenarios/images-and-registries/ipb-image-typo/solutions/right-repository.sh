# stars: 3
kubectl describe pod -n shop -l app=catalog
kubectl set image deployment/catalog -n shop catalog=111122223333.dkr.ecr.eu-west-1.amazonaws.com/kfo/catalog:sha-4f2a9c1
kubectl rollout status deployment/catalog -n shop
:answer name-the-cause catalouge
:advance 2m
