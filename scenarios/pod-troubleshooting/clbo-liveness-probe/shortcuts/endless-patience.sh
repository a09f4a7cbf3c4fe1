kubectl patch deployment payments -n shop -p '{"spec":{"template":{"spec":{"containers":[{"name":"payments","livenessProbe":{"failureThreshold":60}}]}}}}'
:answer name-the-cause liveness
:advance 15m
