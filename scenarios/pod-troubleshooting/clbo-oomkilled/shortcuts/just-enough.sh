kubectl set resources deployment/catalog -n shop --limits=memory=200Mi --requests=memory=200Mi
:answer name-the-cause OOMKilled
:advance 14m
