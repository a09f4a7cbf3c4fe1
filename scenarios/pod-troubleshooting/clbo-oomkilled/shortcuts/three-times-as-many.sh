kubectl scale deployment catalog -n shop --replicas=9
:answer name-the-cause OOMKilled
:advance 14m
