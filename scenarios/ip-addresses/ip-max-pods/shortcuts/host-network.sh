kubectl patch deployment promo-worker -n shop -p '{"spec":{"template":{"spec":{"hostNetwork":true}}}}'
:answer name-the-cause maxPods
:advance 8m
