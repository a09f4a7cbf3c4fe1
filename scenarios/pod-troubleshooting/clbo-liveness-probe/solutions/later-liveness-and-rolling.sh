# stars: 3
:hint
:hint
:hint
kubectl patch deployment payments -n shop -p '{"spec":{"strategy":{"type":"RollingUpdate"},"template":{"spec":{"containers":[{"name":"payments","livenessProbe":{"initialDelaySeconds":90}}]}}}}'
:answer name-the-cause liveness
:advance 11m
