kubectl rollout undo deployment/payments -n shop
:answer name-the-cause liveness
:advance 6m
