aws eks update-nodegroup-version --cluster-name kfo-prod --nodegroup-name apps
aws eks wait nodegroup-active --cluster-name kfo-prod --nodegroup-name apps
kubectl scale deployment payments -n shop --replicas=2
:answer name-the-cause the old one ends first
:advance 10m
