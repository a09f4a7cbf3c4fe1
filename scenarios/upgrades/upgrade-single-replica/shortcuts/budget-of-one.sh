kubectl create pdb payments -n shop --selector=app=payments --min-available=1
aws eks update-nodegroup-version --cluster-name kfo-prod --nodegroup-name apps
aws eks wait nodegroup-active --cluster-name kfo-prod --nodegroup-name apps
:answer name-the-cause the old one ends first
:advance 3m
