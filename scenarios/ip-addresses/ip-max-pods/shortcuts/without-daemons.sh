kubectl delete daemonset -n kube-system alloy node-exporter eks-pod-identity-agent
kubectl scale deployment staging-suite -n shop-staging --replicas=0
:answer name-the-cause maxPods
:advance 8m
