# stars: 3
aws eks list-updates --name kfo-prod --nodegroup-name apps
kubectl get pdb -n shop
kubectl patch pdb orders -n shop --type merge -p '{"spec":{"minAvailable":null,"maxUnavailable":1}}'
aws eks update-nodegroup-version --cluster-name kfo-prod --nodegroup-name apps
aws eks wait nodegroup-active --cluster-name kfo-prod --nodegroup-name apps
kubectl get nodes
:answer name-the-cause orders allows 0
:advance 3m
