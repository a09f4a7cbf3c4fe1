aws eks update-addon --cluster-name kfo-prod --addon-name vpc-cni --configuration-values '{"env":{"ENABLE_PREFIX_DELEGATION":"true"}}' --resolve-conflicts OVERWRITE
:answer name-the-cause maxPods
:advance 8m
