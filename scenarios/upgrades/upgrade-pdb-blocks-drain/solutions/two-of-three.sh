# stars: 3
kubectl describe pdb orders -n shop
kubectl patch pdb orders -n shop -p '{"spec":{"minAvailable":2}}'
eksctl upgrade nodegroup --cluster kfo-prod --name apps --kubernetes-version 1.35
:answer name-the-cause 0 disruptions for orders
:advance 3m
