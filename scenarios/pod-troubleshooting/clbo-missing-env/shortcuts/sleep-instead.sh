kubectl patch deployment orders -n shop -p '{"spec":{"template":{"spec":{"containers":[{"name":"orders","command":["sleep","infinity"]}]}}}}'
:answer name-the-cause DATABASE_HOST
:advance 12m
