# stars: 3
aws iam put-role-policy --role-name kfo-prod-node-v2 --policy-name pull --policy-document '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ecr:GetAuthorizationToken","Resource":"*"},{"Effect":"Allow","Action":["ecr:BatchGetImage","ecr:GetDownloadUrlForLayer","ecr:BatchCheckLayerAvailability"],"Resource":"arn:aws:ecr:eu-west-1:111122223333:repository/kfo/*"}]}'
kubectl rollout restart deployment checkout -n shop
:answer name-the-cause kubelet
:advance 8m
:advance 5m
