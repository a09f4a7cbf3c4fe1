aws eks update-addon --cluster-name kfo-prod --addon-name vpc-cni --configuration-values '{"env":{"WARM_IP_TARGET":"1","MINIMUM_IP_TARGET":"10"}}' --resolve-conflicts OVERWRITE
:answer name-the-cause ip
:advance 25m
