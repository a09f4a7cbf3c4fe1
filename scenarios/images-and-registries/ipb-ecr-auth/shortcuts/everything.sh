aws iam put-role-policy --role-name kfo-prod-node-v2 --policy-name ecr --policy-document '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ecr:*","Resource":"*"}]}'
:answer name-the-cause the node's role
:advance 8m
:advance 8m
