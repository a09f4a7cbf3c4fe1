# stars: 3
kubectl set env daemonset aws-node -n kube-system ENABLE_PREFIX_DELEGATION=true
kubectl rollout status daemonset aws-node -n kube-system
eksctl upgrade nodegroup --cluster kfo-prod --name apps --kubernetes-version 1.34
:answer name-the-cause maxPods
:advance 8m
