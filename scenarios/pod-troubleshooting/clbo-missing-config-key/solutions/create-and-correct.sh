# stars: 3
kubectl describe pod -n shop -l app=payments
kubectl apply -f release-2.8/payments-flags.yaml
kubectl patch deployment payments -n shop -p '{"spec":{"template":{"spec":{"containers":[{"name":"payments","env":[{"name":"PSP_API_KEY","valueFrom":{"secretKeyRef":{"name":"payments-psp","key":"apiKey"}}}]}]}}}}'
kubectl rollout status deployment/payments -n shop
:answer name-the-cause api_key
:advance 2m
