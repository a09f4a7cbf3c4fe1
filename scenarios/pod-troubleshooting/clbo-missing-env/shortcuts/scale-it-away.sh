kubectl scale deployment orders -n shop --replicas=0
:answer name-the-cause DATABASE_HOST
:advance 12m
