aws eks update-nodegroup-version --cluster-name kfo-prod --nodegroup-name apps
sleep 200
for i in 1 2 3 4 5 6 7 8 9 10; do kubectl delete pod -n shop -l app=orders --wait=false; sleep 20; done
aws eks wait nodegroup-active --cluster-name kfo-prod --nodegroup-name apps
:answer name-the-cause orders 0
:advance 5m
