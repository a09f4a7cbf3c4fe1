kubectl drain $(kubectl get pods -n shop -l app=catalog --sort-by=.metadata.creationTimestamp -o jsonpath='{.items[-1:].spec.nodeName}') --ignore-daemonsets --delete-emptydir-data
:answer name-the-cause catalouge
:advance 6m
