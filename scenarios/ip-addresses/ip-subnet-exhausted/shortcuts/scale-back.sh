kubectl scale deployment storefront -n shop --replicas=20
:answer name-the-cause ip
:advance 25m
