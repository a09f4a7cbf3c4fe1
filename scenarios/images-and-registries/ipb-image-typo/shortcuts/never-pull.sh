kubectl patch deployment catalog -n shop -p '{"spec":{"template":{"spec":{"containers":[{"name":"catalog","imagePullPolicy":"Never"}]}}}}'
:answer name-the-cause catalouge
:advance 6m
