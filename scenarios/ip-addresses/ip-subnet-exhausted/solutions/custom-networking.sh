# stars: 3
aws ec2 associate-vpc-cidr-block --vpc-id vpc-kfo --cidr-block 100.64.0.0/16
sleep 10
for zone in a b c; do n=$(printf '%s' $zone | tr abc 012); id=$(aws ec2 create-subnet --vpc-id vpc-kfo --availability-zone eu-west-1$zone --cidr-block 100.64.$((n*32)).0/19 --query Subnet.SubnetId --output text); aws ec2 associate-route-table --route-table-id rtb-private-$zone --subnet-id $id --output text; printf 'apiVersion: crd.k8s.amazonaws.com/v1alpha1\nkind: ENIConfig\nmetadata: {name: eu-west-1%s}\nspec: {subnet: %s, securityGroups: [sg-cluster]}\n' $zone $id | kubectl apply -f -; done
aws eks update-addon --cluster-name kfo-prod --addon-name vpc-cni --configuration-values '{"env":{"AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG":"true","ENI_CONFIG_LABEL_DEF":"topology.kubernetes.io/zone","ENABLE_PREFIX_DELEGATION":"true"}}' --resolve-conflicts OVERWRITE
aws eks wait addon-active --cluster-name kfo-prod --addon-name vpc-cni
recycle() { kubectl drain $1 --ignore-daemonsets --delete-emptydir-data && aws autoscaling terminate-instance-in-auto-scaling-group --no-should-decrement-desired-capacity --instance-id $(kubectl get node $1 -o jsonpath='{.spec.providerID}' | sed 's,.*/,,') --query Activity.StatusCode && sleep 120; }
NODES=($(kubectl get nodes -l eks.amazonaws.com/nodegroup=apps -o jsonpath='{.items[*].metadata.name}'))
recycle ${NODES[0]}
recycle ${NODES[1]}
recycle ${NODES[2]}
recycle ${NODES[3]}
recycle ${NODES[4]}
recycle ${NODES[5]}
kubectl get pods -n shop -o wide
:answer name-the-cause subnet addresses
:advance 20m
