# stars: 3
kubectl describe pod -n shop -l app=payments
kubectl patch deployment payments -n shop -p '{"spec":{"template":{"spec":{"containers":[{"name":"payments","startupProbe":{"httpGet":{"path":"/healthz","port":"http"},"periodSeconds":5,"failureThreshold":24}}]}}}}'
kubectl rollout status deployment/payments -n shop
:answer name-the-cause the liveness probe
:advance 9m
