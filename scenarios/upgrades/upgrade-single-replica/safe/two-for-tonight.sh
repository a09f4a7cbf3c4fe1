kubectl scale deployment payments -n shop --replicas=2
kubectl create pdb payments -n shop --selector=app=payments --max-unavailable=1
kubectl rollout status deployment payments -n shop
aws eks update-nodegroup-version --cluster-name kfo-prod --nodegroup-name apps
aws eks wait nodegroup-active --cluster-name kfo-prod --nodegroup-name apps
kubectl scale deployment payments -n shop --replicas=1
:advance 3m
