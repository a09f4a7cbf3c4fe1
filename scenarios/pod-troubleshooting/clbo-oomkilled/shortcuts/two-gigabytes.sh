kubectl set resources deployment/catalog -n shop --limits=memory=2Gi --requests=memory=256Mi
:answer name-the-cause OOMKilled
:advance 14m
