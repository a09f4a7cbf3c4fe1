# stars: 3
kubectl scale deployment orders -n shop --replicas=4
kubectl rollout status deployment orders -n shop
aws eks update-nodegroup-version --cluster-name kfo-prod --nodegroup-name apps
aws eks wait nodegroup-active --cluster-name kfo-prod --nodegroup-name apps
kubectl patch pdb orders -n shop -p '{"spec":{"minAvailable":2}}'
kubectl scale deployment orders -n shop --replicas=3
:answer name-the-cause minAvailable 3 of 3
:advance 3m
