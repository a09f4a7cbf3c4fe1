# stars: 3
kubectl patch deployment catalog -n shop --type json -p '[{"op":"remove","path":"/spec/template/spec/containers/0/command"},{"op":"remove","path":"/spec/template/spec/containers/0/args"}]'
kubectl patch deployment notification -n shop --type json -p '[{"op":"remove","path":"/spec/template/spec/containers/0/command"},{"op":"remove","path":"/spec/template/spec/containers/0/args"},{"op":"add","path":"/spec/template/spec/initContainers","value":[{"name":"migrate","image":"111122223333.dkr.ecr.eu-west-1.amazonaws.com/kfo/notification:sha-9a6c3e7","args":["migrate.py"],"command":["python"],"resources":{"requests":{"cpu":"100m","memory":"128Mi"},"limits":{"memory":"256Mi"}},"securityContext":{"allowPrivilegeEscalation":false,"readOnlyRootFilesystem":true,"capabilities":{"drop":["ALL"]}}}]}]'
:answer name-the-cause Gunicron
:advance 7m
