# stars: 3
kubectl patch deployment payments -n shop -p '{"spec":{"replicas":2,"template":{"spec":{"topologySpreadConstraints":[{"maxSkew":1,"topologyKey":"kubernetes.io/hostname","whenUnsatisfiable":"DoNotSchedule","labelSelector":{"matchLabels":{"app":"payments"}}}]}}}}'
kubectl rollout status deployment payments -n shop
kubectl apply -f - <<'YAML'
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: payments, namespace: shop}
spec: {minAvailable: 1, selector: {matchLabels: {app: payments}}}
YAML
eksctl upgrade nodegroup --cluster kfo-prod --name apps --kubernetes-version 1.35
:answer name-the-cause it is killed before the next one is ready
:advance 10m
