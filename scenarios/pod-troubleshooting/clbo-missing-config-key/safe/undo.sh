kubectl rollout undo deployment/payments -n shop
:answer name-the-cause api_key
:advance 4m
