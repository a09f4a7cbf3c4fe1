kubectl patch deployment catalog -n shop --type json -p '[{"op":"remove","path":"/spec/template/spec/containers/0/resources/limits"}]'
:answer name-the-cause OOMKilled
:advance 14m
