for node in $(kubectl get nodes -l eks.amazonaws.com/nodegroup=apps -o name | head -4); do kubectl drain $node --ignore-daemonsets --delete-emptydir-data --disable-eviction; done
:answer name-the-cause orders 0
:advance 10m
