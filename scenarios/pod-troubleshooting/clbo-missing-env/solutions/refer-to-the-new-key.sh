kubectl logs -n shop deploy/orders --previous
kubectl patch deployment orders -n shop -p '{"spec":{"template":{"spec":{"containers":[{"name":"orders","env":[{"name":"DATABASE_HOST","valueFrom":{"configMapKeyRef":{"name":"orders-config","key":"DB_HOST"}}}]}]}}}}'
:answer name-the-cause database_host
:advance 5m
