# stars: 3
kubectl get deploy,pdb -n shop
kubectl scale deployment payments -n shop --replicas=2
kubectl create pdb payments -n shop --selector=app=payments --max-unavailable=1
kubectl rollout status deployment payments -n shop
kubectl get pods -n shop -l app=payments -o wide
aws eks update-nodegroup-version --cluster-name kfo-prod --nodegroup-name apps
aws eks wait nodegroup-active --cluster-name kfo-prod --nodegroup-name apps
:answer name-the-cause the old one ends first
:advance 10m
