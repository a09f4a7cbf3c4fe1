OLD=$(kubectl get nodes -l eks.amazonaws.com/nodegroup=apps -o jsonpath='{.items[*].metadata.name}')
kubectl cordon $OLD
aws eks update-nodegroup-version --cluster-name kfo-prod --nodegroup-name apps
sleep 100
kubectl rollout restart deployment payments -n shop
kubectl rollout status deployment payments -n shop
aws eks wait nodegroup-active --cluster-name kfo-prod --nodegroup-name apps
:answer name-the-cause kill first
:advance 3m
