kubectl patch deployment payments -n shop --type json -p '[{"op":"remove","path":"/spec/template/spec/containers/0/livenessProbe"}]'
:answer name-the-cause liveness
:advance 15m
