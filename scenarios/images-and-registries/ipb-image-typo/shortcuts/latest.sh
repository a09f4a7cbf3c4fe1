kubectl set image deployment/catalog -n shop catalog=111122223333.dkr.ecr.eu-west-1.amazonaws.com/kfo/catalog:latest
:answer name-the-cause catalouge
:advance 6m
