"""Records what the AWS CLI 2 prints for a list of lines, into recorded/aws/lines.jsonl.

No request leaves the machine: what the service would answer is given with each line. Run with the Python of the AWS CLI 2:

    /usr/bin/python3 scripts/record-aws-lines.py
"""
import contextlib
import io
import json
import os
import shlex
import sys
import tempfile

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../recorded/aws/lines.jsonl')
HOME = tempfile.mkdtemp()
os.environ.clear()
os.environ.update({'HOME': HOME, 'PATH': '/usr/bin:/bin', 'AWS_PAGER': '', 'TZ': 'UTC', 'LANG': 'C.UTF-8'})
os.makedirs(f'{HOME}/.aws')
CONFIG = {
    f'{HOME}/.aws/config': '[default]\nregion = eu-west-1\noutput = json\n\n[profile tables]\nregion = eu-west-1\noutput = table\n\n[profile nowhere]\noutput = text\n',
    f'{HOME}/.aws/credentials': '[default]\naws_access_key_id = ASIAQ3EGKFO7XAMPLE4D\naws_secret_access_key = 9drydockEXAMPLEdoNotUse0000000000000000\n\n[tables]\naws_access_key_id = A\naws_secret_access_key = B\n\n[nowhere]\naws_access_key_id = A\naws_secret_access_key = B\n',
    f'{HOME}/filters.json': '[{"Name": "vpc-id", "Values": ["vpc-kfo"]}]',
    f'{HOME}/broken.json': '{"Name": "vpc-id",}',
    f'{HOME}/trust.json': '{"Version": "2012-10-17", "Statement": []}',
    f'{HOME}/input.json': '{"clusterName": "kfo-prod", "nodegroupName": "apps", "scalingConfig": {"minSize": 1, "maxSize": 6, "desiredSize": 4}}',
}
for path, text in CONFIG.items():
    with open(path, 'w') as out:
        out.write(text)
os.chdir(HOME)

from awscli.clidriver import AWSCLIEntryPoint, create_clidriver  # noqa: E402
import botocore.client  # noqa: E402
import botocore.waiter  # noqa: E402

botocore.waiter.time.sleep = lambda seconds: None
TAGS = [{'Key': 'Name', 'Value': 'private-a'}, {'Key': 'kubernetes.io/role/cni', 'Value': '1'}]


def subnet(letter, free, tags=None):
    made = {'AvailabilityZone': f'eu-west-1{letter}', 'AvailabilityZoneId': 'euw1-az1', 'AvailableIpAddressCount': free, 'CidrBlock': f'10.20.{"abc".index(letter)}.0/24',
            'DefaultForAz': False, 'MapPublicIpOnLaunch': letter == 'a', 'State': 'available', 'SubnetId': f'subnet-private-{letter}', 'VpcId': 'vpc-kfo',
            'Ipv6CidrBlockAssociationSet': []}
    if tags is not None:
        made['Tags'] = tags
    return made


SUBNETS = {'Subnets': [subnet('a', 0, TAGS), subnet('b', 2, [{'Key': 'Name', 'Value': 'private-b'}]), subnet('c', 101)]}
INSTANCES = {'Reservations': [
    {'Groups': [], 'Instances': [{'InstanceId': 'i-0a1', 'InstanceType': 'm5.large', 'LaunchTime': '2026-11-23T08:00:00+00:00', 'PrivateIpAddress': '10.20.0.11', 'State': {'Code': 16, 'Name': 'running'},
                                  'SecurityGroups': [{'GroupName': 'nodes', 'GroupId': 'sg-nodes'}], 'Tags': [{'Key': 'eks:nodegroup-name', 'Value': 'apps'}]}],
     'OwnerId': '111122223333', 'ReservationId': 'r-1'},
    {'Groups': [], 'Instances': [{'InstanceId': 'i-0b2', 'InstanceType': 'c5.xlarge', 'LaunchTime': '2026-11-23T08:05:00+00:00', 'PrivateIpAddress': '10.20.1.12', 'State': {'Code': 48, 'Name': 'terminated'},
                                  'SecurityGroups': [], 'Tags': []},
                                 {'InstanceId': 'i-0c3', 'InstanceType': 'm5.large', 'LaunchTime': '2026-11-23T08:10:00+00:00', 'State': {'Code': 0, 'Name': 'pending'}}],
     'OwnerId': '111122223333', 'ReservationId': 'r-2'}]}
NODEGROUP = {'nodegroup': {'nodegroupName': 'apps', 'clusterName': 'kfo-prod', 'version': '1.34', 'releaseVersion': '1.34.2-20251112', 'createdAt': '2026-11-16T09:00:00.123000+00:00',
                           'status': 'ACTIVE', 'capacityType': 'ON_DEMAND', 'scalingConfig': {'minSize': 2, 'maxSize': 8, 'desiredSize': 4}, 'instanceTypes': ['m5.large'],
                           'subnets': ['subnet-private-a', 'subnet-private-b'], 'labels': {'pool': 'apps'}, 'taints': [], 'health': {'issues': []}, 'updateConfig': {'maxUnavailable': 1}, 'tags': {}}}
UPDATE = {'update': {'id': '0f0e', 'status': 'Failed', 'type': 'VersionUpdate', 'params': [{'type': 'Version', 'value': '1.35'}, {'type': 'ReleaseVersion', 'value': '1.35.0-20260101'}],
                     'createdAt': '2026-11-23T09:00:00.082000+00:00',
                     'errors': [{'errorCode': 'PodEvictionFailure', 'errorMessage': 'Reached max retries while trying to evict pods from nodes in node group apps', 'resourceIds': ['ip-10-20-0-11.eu-west-1.compute.internal']}]}}
IDENTITY = {'UserId': 'AROAX:oncall', 'Account': '111122223333', 'Arn': 'arn:aws:sts::111122223333:assumed-role/kfo-oncall/oncall'}
POLICIES = {'AttachedPolicies': [{'PolicyName': 'AmazonEKSWorkerNodePolicy', 'PolicyArn': 'arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy'}, {'PolicyName': 'b', 'PolicyArn': 'arn:b'}], 'IsTruncated': False}
ROLE = {'Role': {'Path': '/', 'RoleName': 'kfo-prod-node', 'RoleId': 'AROAX', 'Arn': 'arn:aws:iam::111122223333:role/kfo-prod-node', 'CreateDate': '2026-11-16T09:00:00+00:00',
                 'AssumeRolePolicyDocument': '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}', 'MaxSessionDuration': 3600}}
IMAGES = {'imageDetails': [{'registryId': '111122223333', 'repositoryName': 'kfo/orders', 'imageDigest': 'sha256:aa', 'imageTags': ['sha-1', 'latest'], 'imageSizeInBytes': 5000000, 'imagePushedAt': '2026-11-20T09:00:00+00:00'},
                           {'registryId': '111122223333', 'repositoryName': 'kfo/orders', 'imageDigest': 'sha256:bb', 'imageSizeInBytes': 4000000, 'imagePushedAt': '2026-11-19T09:00:00+00:00'}]}
HEALTH = {'TargetHealthDescriptions': [{'Target': {'Id': '10.20.0.21', 'Port': 8080, 'AvailabilityZone': 'eu-west-1a'}, 'HealthCheckPort': '8080', 'TargetHealth': {'State': 'healthy'}},
                                       {'Target': {'Id': '10.20.1.22', 'Port': 8080, 'AvailabilityZone': 'eu-west-1b'}, 'HealthCheckPort': '8080',
                                        'TargetHealth': {'State': 'draining', 'Reason': 'Target.DeregistrationInProgress', 'Description': 'Target deregistration is in progress'}}]}
ADDON = {'addon': {'addonName': 'vpc-cni', 'clusterName': 'kfo-prod', 'status': 'ACTIVE', 'addonVersion': 'v1.20.4-eksbuild.2', 'health': {'issues': []},
                   'configurationValues': '{"env":{"WARM_ENI_TARGET":"3"}}', 'tags': {}}}
NAMES = {'nodegroups': ['apps', 'apps-v2', 'system']}
QUOTED = {'update': {'id': 'yes', 'status': "it's: a test", 'type': '- x', 'params': [{'type': '1.35', 'value': ''}, {'type': 'null', 'value': '# no'}, {'type': 'a b', 'value': '2026-11-23'}],
                     'errors': [{'errorCode': 'x', 'errorMessage': 'a long message that goes on and on until it is certainly longer than eighty columns wide, so that it must be folded somewhere', 'resourceIds': []}]}}
EMPTY = {'Subnets': []}

DESCRIBE = 'ec2 describe-subnets'
CASES = []


def add(line, answer=None, **more):
    CASES.append({'line': line, **({'answer': answer} if answer is not None else {}), **more})


ANSWERED = [(DESCRIBE, SUBNETS), (DESCRIBE, EMPTY), ('ec2 describe-instances', INSTANCES), ('eks describe-nodegroup --cluster-name kfo-prod --nodegroup-name apps', NODEGROUP),
            ('eks describe-update --name kfo-prod --update-id 0f0e --nodegroup-name apps', UPDATE), ('sts get-caller-identity', IDENTITY),
            ('iam list-attached-role-policies --role-name kfo-prod-node', POLICIES), ('iam get-role --role-name kfo-prod-node', ROLE), ('ecr describe-images --repository-name kfo/orders', IMAGES),
            ('elbv2 describe-target-health --target-group-arn arn:tg', HEALTH), ('eks describe-addon --cluster-name kfo-prod --addon-name vpc-cni', ADDON), ('eks list-nodegroups --cluster-name kfo-prod', NAMES),
            ('eks describe-update --name kfo-prod --update-id yes', QUOTED)]
for line, answer in ANSWERED:
    for output in ('json', 'text', 'table', 'yaml', 'yaml-stream'):
        add(f'{line} --output {output}', answer)

QUERIES = '''Subnets[].SubnetId
Subnets[*].[SubnetId,AvailableIpAddressCount]
Subnets[].[SubnetId,AvailabilityZone,CidrBlock,AvailableIpAddressCount]
Subnets[].{id:SubnetId,free:AvailableIpAddressCount}
Subnets[?AvailableIpAddressCount<`5`].SubnetId
Subnets[?AvailableIpAddressCount<`5`]|[0].SubnetId
Subnets[?AvailabilityZone=='eu-west-1a']
Subnets[?Tags[?Key=='Name' && Value=='private-a']].SubnetId
Subnets[].Tags[?Key=='Name'].Value
Subnets[].Tags[?Key=='Name']|[].Value
Subnets[].Tags[?Key=='Name'].Value[]
Subnets[].Tags[].Key
Subnets[0]
Subnets[-1].SubnetId
Subnets[1:].SubnetId
Subnets[::-1].SubnetId
Subnets[:2].SubnetId | [1]
Subnets[0].*
Subnets[0].[*]
length(Subnets)
sum(Subnets[].AvailableIpAddressCount)
max(Subnets[].AvailableIpAddressCount)
min_by(Subnets,&AvailableIpAddressCount).SubnetId
sort_by(Subnets,&AvailableIpAddressCount)[].SubnetId
reverse(sort_by(Subnets,&SubnetId))[].SubnetId
sort(Subnets[].CidrBlock)
join(', ',Subnets[].SubnetId)
keys(Subnets[0])
to_string(Subnets[].SubnetId)
to_number('12')
type(Subnets)
contains(Subnets[].SubnetId,'subnet-private-a')
Subnets[?contains(SubnetId,'private')].SubnetId
Subnets[?starts_with(SubnetId,`subnet`)].SubnetId
Subnets[?ends_with(SubnetId,'-c')].SubnetId
Subnets[?!Tags].SubnetId
Subnets[?Tags].SubnetId
Subnets[?MapPublicIpOnLaunch].SubnetId
Subnets[?MapPublicIpOnLaunch==`false`].SubnetId
Subnets[].Missing
Missing
Missing.more
not_null(Missing,Subnets[0].SubnetId)
map(&SubnetId,Subnets)
merge(Subnets[0].{a:SubnetId},{b:'x'})
avg(Subnets[].AvailableIpAddressCount)
abs(`-3`)
values(Subnets[0].{a:SubnetId})
Subnets[].{s:SubnetId,t:Tags[0].Value}
Subnets[?AvailableIpAddressCount>=`2`&&AvailableIpAddressCount<=`101`].SubnetId
Subnets[?AvailableIpAddressCount>`1`||SubnetId=='subnet-private-a'].SubnetId
"Subnets"[0]."SubnetId"
@
`[1,2,3]`[]
[Subnets[0].SubnetId,Subnets[1].SubnetId]
{n:length(Subnets)}
Subnets[].Tags | length(@)
to_array('x')
Subnets[?SubnetId!='subnet-private-a'].AvailableIpAddressCount'''.split('\n')
for query in QUERIES:
    for output in ('json', 'text'):
        add(f'{DESCRIBE} --query {shlex.quote(query)} --output {output}', SUBNETS)
for query in ('Subnets[].[SubnetId,AvailableIpAddressCount]', 'Subnets[].{id:SubnetId,free:AvailableIpAddressCount}', 'Subnets[].SubnetId', 'Subnets[0].SubnetId', 'Subnets[0]', 'length(Subnets)', 'Missing',
              'Subnets[].{id:SubnetId,tags:Tags}', 'Subnets[].Tags', 'Subnets[].[SubnetId,Tags[].Key]'):
    add(f'{DESCRIBE} --query {shlex.quote(query)} --output table', SUBNETS)
    add(f'{DESCRIBE} --query {shlex.quote(query)} --output yaml', SUBNETS)
for query in ('Reservations[].Instances[].[InstanceId,State.Name]', 'Reservations[].Instances[].{id:InstanceId,type:InstanceType,state:State.Name}',
              "Reservations[].Instances[?State.Name=='running'].InstanceId", "Reservations[].Instances[].Tags[?Key=='eks:nodegroup-name'].Value | []", 'Reservations[*].Instances[*].SecurityGroups[*].GroupId'):
    for output in ('json', 'text', 'table'):
        add(f'ec2 describe-instances --query {shlex.quote(query)} --output {output}', INSTANCES)
for query in ('', 'Subnets[', 'Subnets[?a==]', 'Subnets[].{', 'Subnets[].', 'a b', 'foo(', '|', '[?', "Subnets[?a=='x]", 'Subnets[?a==`x]', '"a', 'a=b', '#', 'Subnets[].{a b}', 'Subnets[1:2:3:4]', 'Subnets[a]', '-', 'a.1', "'a'.b", '"f"(x)', '@()',
              'Subnets[].SubnetId]', '*.', 'a||', 'a&&&b', '!', '`{bad`'):
    add(f'{DESCRIBE} --query {shlex.quote(query)}', SUBNETS)
for query in ('nope(Subnets)', 'length(`1`)', 'sort_by(Subnets,&Tags)', 'sort_by(Subnets)', 'join(`1`,Subnets)', 'max(Subnets)', 'sum(Subnets[].SubnetId)', 'starts_with(Missing,`a`)', 'not_null()', 'keys(Subnets)',
              "sort_by(Subnets,&Missing)", 'merge(Subnets)', "contains(`5`,'a')", 'map(Subnets,&a)', "join(',',Subnets[].AvailableIpAddressCount)"):
    add(f'{DESCRIBE} --query {shlex.quote(query)}', SUBNETS)

for line in f'''
foo
ec2
ec2 describe-subnetz
ec2 descrbe-subnets
eks describe-nodegrop
eks describe-nodegroup
eks describe-nodegroup --cluster-name
eks describe-nodegroup --cluster-name kfo-prod
eks describe-nodegroup --cluster-name kfo-prod --nodegroup-name apps --foo
eks describe-nodegroup --cluster-name kfo-prod --nodegroup-name apps --foo bar baz
eks describe-nodegroup apps --cluster-name kfo-prod --nodegroup-name apps
eks describe-nodegroup --cluster kfo-prod --nodegroup apps
eks describe-nodegroup --c kfo-prod --n apps
eks describe-nodegroup --cluster-name=kfo-prod --nodegroup-name=apps
eks update-nodegroup-version --cluster-name c
eks update-nodegroup-version --cluster-name c --nodegroup-name n --no
eks update-nodegroup-version --cluster-name c --nodegroup-name n --force=x
{DESCRIBE} --output xml
{DESCRIBE} --output
{DESCRIBE} --outpt text
{DESCRIBE} --no-cli-pager
{DESCRIBE} --profile missing
{DESCRIBE} --region
{DESCRIBE} --max-items two
{DESCRIBE} --max-items 1
{DESCRIBE} --max-items 2 --output text
{DESCRIBE} --page-size 5
{DESCRIBE} --no-paginate
{DESCRIBE} --no-paginate --max-items 1
{DESCRIBE} --endpoint-url here
{DESCRIBE} --filter Name=vpc-id,Values=vpc-kfo
{DESCRIBE} --filters Name=vpc-id,Values=vpc-kfo
{DESCRIBE} --filters Name=tag:Name,Values=a,b,c Name=vpc-id,Values=vpc-kfo
{DESCRIBE} --filters "Name=vpc-id,Values=[vpc-kfo, vpc-b]"
{DESCRIBE} --filters "Name=tag:Name,Values='a,b'"
{DESCRIBE} --filters 'Name="tag:Name",Values="x y",z'
{DESCRIBE} --filters Name=vpc-id
{DESCRIBE} --filters Name=vpc-id,Values=
{DESCRIBE} --filters Name=vpc-id,Name=b
{DESCRIBE} --filters Name=vpc-id Values=vpc-kfo
{DESCRIBE} --filters vpc-id=vpc-kfo
{DESCRIBE} --filters vpc-kfo
{DESCRIBE} --filters Name==x
{DESCRIBE} --filters Name=a,,Values=b
{DESCRIBE} --filters 'Name=a,Values=[b'
{DESCRIBE} --filters "Name='a"
{DESCRIBE} --filters Name=a,Values=b,Colour=red
{DESCRIBE} --filters '{{"Name":"vpc-id","Values":["vpc-kfo"]}}'
{DESCRIBE} --filters '[{{"Name":"vpc-id","Values":["vpc-kfo"]}}]'
{DESCRIBE} --filters '[{{"Name":"vpc-id","Values":"vpc-kfo"}}]'
{DESCRIBE} --filters '[{{"Name":"vpc-id",}}]'
{DESCRIBE} --filters '{{"Name":"vpc-id"'
{DESCRIBE} --filters "[{{'Name':'x'}}]"
{DESCRIBE} --filters file://filters.json
{DESCRIBE} --filters file://broken.json
{DESCRIBE} --filters file://nowhere.json
{DESCRIBE} --filters
{DESCRIBE} --subnet-ids subnet-private-a
{DESCRIBE} --subnet-ids subnet-private-a subnet-private-b --dry-run
{DESCRIBE} --subnet-ids '["subnet-private-a"]' --no-dry-run
{DESCRIBE} --dry-run=yes
{DESCRIBE} extra
{DESCRIBE} --
{DESCRIBE} --generate-cli-skeleton
{DESCRIBE} --generate-cli-skeleton output
{DESCRIBE} --generate-cli-skeleton both
{DESCRIBE} --cli-input-json '{{"SubnetIds":["subnet-private-a"]}}'
{DESCRIBE} --cli-input-json '{{"SubnetIds":'
{DESCRIBE} --cli-input-json '[]'
{DESCRIBE} --cli-input-json '{{"Colour":"red"}}'
eks update-nodegroup-config --cluster-name c --nodegroup-name n --scaling-config minSize=1,maxSize=6,desiredSize=4
eks update-nodegroup-config --cluster-name c --nodegroup-name n --scaling-config minSize=one
eks update-nodegroup-config --cluster-name c --nodegroup-name n --scaling-config maxSize
eks update-nodegroup-config --cluster-name c --nodegroup-name n --scaling-config maxsize=3
eks update-nodegroup-config --cluster-name c --nodegroup-name n --update-config maxUnavailablePercentage=33
eks update-nodegroup-config --cluster-name c --nodegroup-name n --update-config maxUnavailable=0
eks update-nodegroup-config --cluster-name c --nodegroup-name n --labels addOrUpdateLabels={{a=b,c=d}},removeLabels=x,y
eks update-nodegroup-config --cluster-name c --nodegroup-name n --labels 'addOrUpdateLabels={{a=b}},removeLabels=[x]'
eks update-nodegroup-config --cluster-name c --nodegroup-name n --taints 'addOrUpdateTaints=[{{key=dedicated,value=gpu,effect=NO_SCHEDULE}}]'
eks update-nodegroup-config --cluster-name c --nodegroup-name n --scaling-config ''
eks update-nodegroup-config --cli-input-json file://input.json
eks update-nodegroup-config --cli-input-json file://input.json --nodegroup-name other
eks update-nodegroup-config --generate-cli-skeleton
eks update-nodegroup-version --cluster-name c --nodegroup-name n --kubernetes-version 1.35 --force
eks update-nodegroup-version --cluster-name c --nodegroup-name n --release-version 1.35.0-20260101 --no-force
eks update-nodegroup-version --cluster-name c --nodegroup-name n --launch-template name=x,version=2
eks update-cluster-version --name c --kubernetes-version 1.35
eks update-cluster-version --name c
eks update-addon --cluster-name c --addon-name vpc-cni --configuration-values '{{"env":{{"WARM_IP_TARGET":"5"}}}}' --resolve-conflicts OVERWRITE
eks create-nodegroup --cluster-name c --nodegroup-name n --subnets subnet-a subnet-b --node-role arn:r --labels a=b,c=d --tags k=v --scaling-config minSize=0,maxSize=2,desiredSize=1
eks create-nodegroup --cluster-name c --nodegroup-name n --node-role arn:r
eks create-nodegroup --cluster-name c --nodegroup-name n --subnets --node-role arn:r
eks create-nodegroup --cluster-name c --nodegroup-name n --subnets s --node-role arn:r --labels a
eks create-nodegroup --cluster-name c --nodegroup-name n --subnets s --node-role arn:r --disk-size big
eks create-nodegroup --cluster-name c --nodegroup-name n --subnets s --node-role arn:r --disk-size 20
eks list-nodegroups --cluster-name ''
eks describe-cluster --name ''
ec2 create-tags --resources subnet-private-a --tags Key=kubernetes.io/role/cni,Value=1
ec2 create-tags --resources a b --tags Key=x,Value= Key=y,Value=1
ec2 create-tags --tags Key=x,Value=1
ec2 create-tags --resources subnet-private-a --tags 'Key=a,Value="b,c"'
ec2 create-tags --resources subnet-private-a --tags Key=a
ec2 create-subnet --vpc-id vpc-kfo --cidr-block 10.20.8.0/24 --availability-zone eu-west-1a --tag-specifications 'ResourceType=subnet,Tags=[{{Key=Name,Value=x}}]'
ec2 associate-vpc-cidr-block --vpc-id vpc-kfo --cidr-block 100.64.0.0/16
ec2 associate-vpc-cidr-block --vpc-id vpc-kfo --amazon-provided-ipv6-cidr-block
ec2 create-network-interface --subnet-id s --secondary-private-ip-address-count 3
ec2 create-network-interface --subnet-id s --secondary-private-ip-address-count three
ec2 modify-network-interface-attribute --network-interface-id e --source-dest-check
ec2 modify-network-interface-attribute --network-interface-id e --no-source-dest-check
ec2 modify-network-interface-attribute --network-interface-id e --source-dest-check Value=false
ec2 modify-network-interface-attribute --network-interface-id e --description hello
ec2 modify-network-interface-attribute --network-interface-id e --groups sg-1 sg-2
ec2 authorize-security-group-ingress --group-id sg-rds --protocol tcp --port 5432 --source-group sg-nodes
ec2 authorize-security-group-ingress --group-id sg-rds --protocol tcp --port 80-90 --cidr 10.0.0.0/8
ec2 authorize-security-group-ingress --group-id sg-rds --protocol all --cidr 10.0.0.0/8
ec2 authorize-security-group-ingress --group-id sg-rds --protocol tpc --port 80
ec2 authorize-security-group-ingress --group-id sg-rds --protocol tcp --port http
ec2 authorize-security-group-ingress --group-id sg-rds --protocol 300
ec2 authorize-security-group-ingress --group-id sg-rds --ip-permissions IpProtocol=tcp,FromPort=80,ToPort=80,IpRanges=[{{CidrIp=0.0.0.0/0}}]
ec2 authorize-security-group-ingress --group-id sg-rds --ip-permissions IpProtocol=tcp,FromPort=80,ToPort=80 --protocol tcp
ec2 terminate-instances --instance-ids i-1 i-2
ec2 terminate-instances
ec2 terminate-instances --instance-ids
ec2 describe-instances --instance-ids i-1 --max-items 1
ec2 describe-instances --max-results 5
ec2 assign-private-ip-addresses --network-interface-id e --ipv4-prefix-count 1 --allow-reassignment
iam attach-role-policy --role-name kfo-prod-node-v2 --policy-arn arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryPullOnly
iam attach-role-policy --role-name kfo-prod-node-v2
iam attach-role-policy --role-name '' --policy-arn short
iam update-assume-role-policy --role-name r --policy-document file://trust.json
iam update-assume-role-policy --role-name r --policy-document '{{"Version":"2012-10-17"}}'
iam simulate-principal-policy --policy-source-arn arn:aws:iam::1:role/x --action-names ecr:GetAuthorizationToken ecr:BatchGetImage
ecr describe-images --repository-name kfo/orders --image-ids imageTag=sha-19ac0de
ecr describe-images --repository-name kfo/orders --image-ids imageTag=a imageDigest=sha256:b
ecr batch-get-image --repository-name kfo/orders
autoscaling set-desired-capacity --auto-scaling-group-name g --desired-capacity 3 --honor-cooldown
autoscaling update-auto-scaling-group --auto-scaling-group-name g --max-size x
elbv2 modify-target-group-attributes --target-group-arn arn:tg --attributes Key=deregistration_delay.timeout_seconds,Value=30
cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=GetAuthorizationToken --max-items 3
cloudtrail lookup-events --start-time yesterday
cloudtrail lookup-events --start-time 2026-11-23T08:00:00Z
sts assume-role --role-arn arn:aws:iam::1:role/x --role-session-name s --duration-seconds 100
ssm get-parameter --name /aws/service/eks/optimized-ami/1.34/amazon-linux-2023/x86_64/standard/recommended/image_id --query Parameter.Value --output text
eks wait
eks wait nodegroup-activ
eks wait nodegroup-active --cluster-name c
'''.strip().split('\n'):
    answer = {'ec2 describe-subnets': SUBNETS, 'ec2 describe-instances': INSTANCES}.get(' '.join(line.split()[:2]), {})
    add(line, answer)

for code, message, line in (('InvalidSubnetID.NotFound', "The subnet ID 'subnet-x' does not exist", f'{DESCRIBE} --subnet-ids subnet-x'),
                            ('ResourceNotFoundException', 'No cluster found for name: x.', 'eks describe-cluster --name x'),
                            ('UnauthorizedOperation', 'You are not authorized to perform this operation.', 'ec2 describe-vpcs'),
                            ('NoSuchEntity', 'The role with name x cannot be found.', 'iam get-role --role-name x')):
    add(line, error={'Code': code, 'Message': message})
STATES = [{'nodegroup': {'status': 'UPDATING'}}, {'nodegroup': {'status': 'UPDATING'}}, {'nodegroup': {'status': 'ACTIVE'}}]
add('eks wait nodegroup-active --cluster-name c --nodegroup-name n', answers=STATES)
add('eks wait nodegroup-active --cluster-name c --nodegroup-name n', answers=[{'nodegroup': {'status': 'CREATE_FAILED'}}])
add('eks wait nodegroup-active --cluster-name c --nodegroup-name n', answer={'nodegroup': {'status': 'UPDATING'}})
add('eks wait nodegroup-deleted --cluster-name c --nodegroup-name n', error={'Code': 'ResourceNotFoundException', 'Message': 'gone'})
add('eks wait nodegroup-active --cluster-name c --nodegroup-name n', error={'Code': 'AccessDeniedException', 'Message': 'no'})
add('eks wait cluster-active --name c', answer={'cluster': {'status': 'ACTIVE'}})
add('ec2 wait instance-running --instance-ids i-1', answers=[{'Reservations': [{'Instances': [{'State': {'Name': 'pending'}}]}]}, {'Reservations': [{'Instances': [{'State': {'Name': 'running'}}]}]}])
add('ec2 wait instance-running --instance-ids i-1', answers=[{'Reservations': [{'Instances': [{'State': {'Name': 'terminated'}}]}]}])
add('ec2 wait instance-terminated --instance-ids i-1', answer={'Reservations': [{'Instances': [{'State': {'Name': 'shutting-down'}}]}]})
for line in ('configure list', 'configure list --profile tables', 'configure get region', 'configure get output --profile tables', 'configure get nothing', 'configure get default.region', 'configure get profile.tables.output',
             'configure list-profiles', 'configure lst', f'{DESCRIBE} --profile tables', f'{DESCRIBE} --profile nowhere', f'{DESCRIBE} --profile nowhere --region eu-west-1'):
    add(line, SUBNETS)


with open(os.path.join(os.path.dirname(OUT), '../../src/terminal/aws/models/services.json')) as models:
    MODELS = json.load(models)['services']


def ordered(value, service, reference):
    """An answer as a parser of today's model meets it: members in the order of the model."""
    shape = MODELS[service]['shapes'].get(reference, {})
    if isinstance(value, list) and 'l' in shape:
        return [ordered(item, service, shape['l']) for item in value]
    if isinstance(value, dict) and 'm' in shape:
        return {name: ordered(value[name], service, member) for name, member in shape['m'].items() if name in value}
    return value


class Http:
    def __init__(self, status):
        self.status_code = status


def run(case):
    calls = []
    answers = list(case.get('answers', []))

    def make_request(self, operation_model, request_dict, request_context):
        if 'error' in case:
            return Http(400), {'Error': case['error'], 'ResponseMetadata': {'HTTPStatusCode': 400}}
        answer = answers.pop(0) if answers else case.get('answer', {})
        service = operation_model.service_model.service_name
        output = MODELS[service]['operations'].get(operation_model.name, ['', ''])[1]
        return Http(200), ordered(json.loads(json.dumps(answer)), service, output)

    original = botocore.client.BaseClient._make_api_call

    def make_api_call(self, operation_name, api_params):
        if not calls:
            calls.append({'operation': operation_name, 'parameters': json.loads(json.dumps(api_params, default=str))})
        return original(self, operation_name, api_params)

    botocore.client.BaseClient._make_request = make_request
    botocore.client.BaseClient._make_api_call = make_api_call
    out, err = io.TextIOWrapper(io.BytesIO(), 'utf-8', newline=''), io.TextIOWrapper(io.BytesIO(), 'utf-8', newline='')
    sys.argv = ['aws']
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                code = AWSCLIEntryPoint(create_clidriver()).main(shlex.split(case['line']))
            except SystemExit as ended:
                code = ended.code
            out.flush()
            err.flush()
    finally:
        botocore.client.BaseClient._make_api_call = original
    text = [stream.buffer.getvalue().decode().replace(HOME, '~') for stream in (out, err)]
    return {**case, **({'call': calls[0]} if calls else {}), 'stdout': text[0], 'stderr': text[1], 'code': code or 0}


with open(OUT, 'w') as out:
    for case in CASES:
        out.write(json.dumps(run(case), ensure_ascii=False) + '\n')
print(len(CASES))
