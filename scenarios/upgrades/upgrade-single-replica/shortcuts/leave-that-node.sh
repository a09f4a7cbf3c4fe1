NODE=$(kubectl get pod -n shop -l app=payments -o jsonpath='{.items[0].spec.nodeName}')
for node in $(kubectl get nodes -l eks.amazonaws.com/nodegroup=apps -o jsonpath='{.items[*].metadata.name}'); do [ $node = $NODE ] || kubectl drain $node --ignore-daemonsets --delete-emptydir-data; done
:answer name-the-cause the old one ends first
:advance 10m
