kubectl set image deployment/catalog -n shop catalog=111122223333.dkr.ecr.eu-west-1.amazonaws.com/kfo/orders:sha-d2f6c18
:answer name-the-cause catalouge
:advance 6m
