# stars: 3
kubectl describe pod -n shop $(kubectl get pods -n shop -l app=promo-worker --no-headers | grep Pending | head -1 | awk '{print $1}') | tail -4
kubectl get nodes -o custom-columns=NAME:.metadata.name,PODS:.status.allocatable.pods
aws eks update-addon --cluster-name kfo-prod --addon-name vpc-cni --configuration-values '{"env":{"ENABLE_PREFIX_DELEGATION":"true"}}' --resolve-conflicts OVERWRITE
aws eks wait addon-active --cluster-name kfo-prod --addon-name vpc-cni
aws eks update-nodegroup-version --cluster-name kfo-prod --nodegroup-name apps
aws eks wait nodegroup-active --cluster-name kfo-prod --nodegroup-name apps
kubectl get nodes -o custom-columns=NAME:.metadata.name,PODS:.status.allocatable.pods
:answer name-the-cause the kubelet's maxPods
:advance 5m
