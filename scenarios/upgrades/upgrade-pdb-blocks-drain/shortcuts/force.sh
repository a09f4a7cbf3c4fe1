aws eks update-nodegroup-version --cluster-name kfo-prod --nodegroup-name apps --force
aws eks wait nodegroup-active --cluster-name kfo-prod --nodegroup-name apps
:answer name-the-cause orders 0
:advance 5m
