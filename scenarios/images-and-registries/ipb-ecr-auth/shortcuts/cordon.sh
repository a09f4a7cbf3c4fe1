kubectl cordon -l eks.amazonaws.com/nodegroup=apps-v2
kubectl delete pod -n shop -l app=checkout
:answer name-the-cause the node's role
:advance 8m
:advance 8m
