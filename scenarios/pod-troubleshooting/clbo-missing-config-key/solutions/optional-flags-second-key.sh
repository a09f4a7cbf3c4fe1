# stars: 3
kubectl patch secret payments-psp -n shop --type merge -p "{\"data\":{\"api_key\":\"$(kubectl get secret payments-psp -n shop -o jsonpath='{.data.apiKey}')\"}}"
kubectl patch deployment payments -n shop -p '{"spec":{"template":{"spec":{"volumes":[{"name":"flags","configMap":{"name":"payments-flags","optional":true}}]}}}}'
kubectl rollout status deployment/payments -n shop
:answer name-the-cause api_key
:advance 2m
