aws ecr set-repository-policy --repository-name kfo/checkout --policy-text '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":["ecr:BatchGetImage","ecr:GetDownloadUrlForLayer"]}]}'
:answer name-the-cause the node's role
:advance 8m
:advance 8m
