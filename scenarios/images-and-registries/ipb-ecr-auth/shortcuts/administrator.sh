aws iam attach-role-policy --role-name kfo-prod-node-v2 --policy-arn arn:aws:iam::aws:policy/AdministratorAccess
:answer name-the-cause the node's role
:advance 8m
:advance 8m
