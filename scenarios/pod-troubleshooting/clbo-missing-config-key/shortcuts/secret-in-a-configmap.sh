kubectl apply -f release-2.8/payments-flags.yaml
kubectl create configmap psp -n shop --from-literal=key=$(kubectl get secret payments-psp -n shop -o jsonpath='{.data.apiKey}' | base64 -d)
kubectl patch deployment payments -n shop -p '{"spec":{"template":{"spec":{"containers":[{"name":"payments","env":[{"name":"PSP_API_KEY","valueFrom":{"secretKeyRef":null,"configMapKeyRef":{"name":"psp","key":"key"}}}]}]}}}}'
:answer name-the-cause api_key
:advance 8m
