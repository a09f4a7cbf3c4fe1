kubectl set resources deployment/payments -n shop --limits=cpu=1,memory=1Gi
:answer name-the-cause liveness
:advance 15m
