kubectl patch pdb orders -n shop -p '{"spec":{"minAvailable":1}}'
aws eks update-nodegroup-version --cluster-name kfo-prod --nodegroup-name apps
aws eks wait nodegroup-active --cluster-name kfo-prod --nodegroup-name apps
:answer name-the-cause orders 0
:advance 5m
