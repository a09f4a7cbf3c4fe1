kubectl rollout undo deployment/orders -n shop
:answer name-the-cause DATABASE_HOST
:advance 12m
