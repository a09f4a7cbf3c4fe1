# stars: 3
kubectl get pods -n shop -l app=checkout -o wide
aws eks describe-nodegroup --cluster-name kfo-prod --nodegroup-name apps-v2 --query nodegroup.nodeRole
aws iam list-attached-role-policies --role-name kfo-prod-node-v2
aws iam attach-role-policy --role-name kfo-prod-node-v2 --policy-arn arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryPullOnly
kubectl rollout status deployment checkout -n shop
:answer name-the-cause the node's role
:advance 5m
:advance 5m
