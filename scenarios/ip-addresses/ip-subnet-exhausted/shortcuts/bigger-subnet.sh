aws ec2 modify-subnet-attribute --subnet-id subnet-private-a --map-public-ip-on-launch
aws ec2 create-subnet --vpc-id vpc-kfo --availability-zone eu-west-1a --cidr-block 10.20.0.0/25
:answer name-the-cause ip
:advance 25m
