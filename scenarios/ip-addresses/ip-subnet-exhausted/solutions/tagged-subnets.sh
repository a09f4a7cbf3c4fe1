# stars: 3
kubectl describe pod -n shop $(kubectl get pods -n shop --no-headers | grep ContainerCreating | head -1 | awk '{print $1}')
aws ec2 describe-subnets --query 'Subnets[].[SubnetId,AvailabilityZone,CidrBlock,AvailableIpAddressCount]' --output table
aws ec2 associate-vpc-cidr-block --vpc-id vpc-kfo --cidr-block 100.64.0.0/16
sleep 10
for zone in a b c; do n=$(printf '%s' $zone | tr abc 012); id=$(aws ec2 create-subnet --vpc-id vpc-kfo --availability-zone eu-west-1$zone --cidr-block 100.64.$((n*32)).0/19 --tag-specifications "ResourceType=subnet,Tags=[{Key=kubernetes.io/role/cni,Value=1}]" --query Subnet.SubnetId --output text); aws ec2 associate-route-table --route-table-id rtb-private-$zone --subnet-id $id; done
kubectl get pods -n shop
:answer name-the-cause addresses in the subnets
:advance 20m
