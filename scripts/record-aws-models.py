"""Writes src/terminal/aws/models/services.json: what the `aws` program must know of the service models.

Source: the service models of botocore (names, types, order of members, waiters, pagination) and the command table of the
AWS CLI 2. Run with the Python that has botocore 1.43 or later; the command table comes from /usr/bin/aws's own Python.

    python3 scripts/record-aws-models.py
"""
import json
import os
import re
import subprocess

import botocore
from botocore import xform_name
from botocore.loaders import Loader
from botocore.model import ServiceModel

SERVED = {
    'ec2': '''DescribeVpcs DescribeSubnets DescribeNetworkInterfaces DescribeInstances DescribeInstanceStatus DescribeInstanceTypes DescribeRouteTables
        DescribeNatGateways DescribeInternetGateways DescribeSecurityGroups DescribeSecurityGroupRules DescribeAvailabilityZones DescribeTags CreateTags DeleteTags
        AssociateVpcCidrBlock DisassociateVpcCidrBlock CreateSubnet DeleteSubnet CreateRouteTable CreateRoute DeleteRoute ReplaceRoute AssociateRouteTable
        DisassociateRouteTable DeleteRouteTable ReplaceRouteTableAssociation CreateSubnetCidrReservation DeleteSubnetCidrReservation GetSubnetCidrReservations
        CreateNetworkInterface AttachNetworkInterface DetachNetworkInterface DeleteNetworkInterface AssignPrivateIpAddresses UnassignPrivateIpAddresses
        ModifyNetworkInterfaceAttribute RunInstances TerminateInstances AuthorizeSecurityGroupIngress RevokeSecurityGroupIngress AuthorizeSecurityGroupEgress
        RevokeSecurityGroupEgress CreateSecurityGroup DeleteSecurityGroup CreateNatGateway DeleteNatGateway DescribeAccountAttributes DescribeRegions
        DescribeLaunchTemplates DescribeLaunchTemplateVersions CreateLaunchTemplate CreateLaunchTemplateVersion ModifySubnetAttribute DescribeVpcAttribute
        DescribeImages DescribeVolumes DescribeAddresses DescribeIamInstanceProfileAssociations''',
    'eks': '*',
    'ecr': '''DescribeRepositories ListImages DescribeImages BatchGetImage GetAuthorizationToken CreateRepository DeleteRepository GetRepositoryPolicy
        SetRepositoryPolicy DeleteRepositoryPolicy GetLifecyclePolicy PutLifecyclePolicy DeleteLifecyclePolicy BatchDeleteImage PutImageTagMutability
        GetDownloadUrlForLayer BatchCheckLayerAvailability DescribeImageScanFindings ListTagsForResource TagResource''',
    'iam': '''GetRole ListRoles CreateRole DeleteRole ListAttachedRolePolicies AttachRolePolicy DetachRolePolicy ListRolePolicies GetRolePolicy PutRolePolicy
        DeleteRolePolicy GetPolicy GetPolicyVersion ListPolicies ListPolicyVersions CreatePolicy DeletePolicy CreatePolicyVersion ListInstanceProfiles
        ListInstanceProfilesForRole GetInstanceProfile SimulatePrincipalPolicy UpdateAssumeRolePolicy ListOpenIDConnectProviders GetOpenIDConnectProvider
        CreateOpenIDConnectProvider GetUser ListUsers ListEntitiesForPolicy TagRole UntagRole ListRoleTags ListAccountAliases''',
    'sts': 'GetCallerIdentity AssumeRole DecodeAuthorizationMessage GetSessionToken',
    'autoscaling': '''DescribeAutoScalingGroups DescribeAutoScalingInstances DescribeScalingActivities SetDesiredCapacity UpdateAutoScalingGroup
        TerminateInstanceInAutoScalingGroup DescribeLaunchConfigurations DescribeTags CreateOrUpdateTags SuspendProcesses ResumeProcesses
        DescribeLifecycleHooks SetInstanceProtection DetachInstances DescribePolicies''',
    'elbv2': '''DescribeLoadBalancers DescribeTargetGroups DescribeListeners DescribeRules DescribeTargetHealth DescribeTargetGroupAttributes
        ModifyTargetGroupAttributes DescribeLoadBalancerAttributes ModifyLoadBalancerAttributes DescribeTags RegisterTargets DeregisterTargets''',
    'cloudtrail': 'LookupEvents',
    'ssm': 'GetParameter GetParameters',
    'service-quotas': 'GetServiceQuota ListServiceQuotas GetAWSDefaultServiceQuota ListServices',
}
SCALARS = {'string': 's', 'integer': 'i', 'long': 'l', 'boolean': 'b', 'float': 'f', 'double': 'd', 'timestamp': 't', 'blob': 'x'}
LONGEST_ENUM = 30
OUT = os.path.join(os.path.dirname(__file__), '../src/terminal/aws/models/services.json')


def kebab(name):
    """The rule of src/terminal/aws/models/model.ts, checked here against botocore's."""
    plural = re.search(r'[A-Z]{2,}s$', name)
    if plural and len(plural.group()) < len(name):
        name = name[:-len(plural.group())] + '-' + plural.group().lower()
    elif plural:
        name = name.lower()
    name = re.sub(r'(.)([A-Z][a-z]+)', r'\1-\2', name)
    return re.sub(r'([a-z0-9])([A-Z])', r'\1-\2', name).lower().replace('--', '-')


class Recorder:
    def __init__(self, service):
        loader = Loader()
        self.model = ServiceModel(loader.load_service_model(service, 'service-2'), service)
        self.shapes = {}
        self.renamed = {}
        self.waiters = self.optional(loader, service, 'waiters-2').get('waiters', {})
        self.pagination = self.optional(loader, service, 'paginators-1').get('pagination', {})

    @staticmethod
    def optional(loader, service, kind):
        try:
            return loader.load_service_model(service, kind)
        except Exception:
            return {}

    def name(self, name):
        if kebab(name) != xform_name(name, '-'):
            self.renamed[name] = xform_name(name, '-')
        return name

    def shape(self, shape):
        kind = shape.type_name
        low = shape.metadata.get('min')
        if kind in SCALARS:
            enum = shape.metadata.get('enum')
            if kind == 'string' and enum and len(enum) <= LONGEST_ENUM:
                self.shapes[shape.name] = {'e': enum}
                return shape.name
            return SCALARS[kind] + (str(low) if low else '')
        if shape.name in self.shapes:
            return shape.name
        self.shapes[shape.name] = None
        if kind == 'structure':
            made = {'m': {self.name(name): self.shape(member) for name, member in shape.members.items()}}
            required = [name for name in shape.metadata.get('required', []) if not shape.members[name].metadata.get('idempotencyToken')]
            if required:
                made['r'] = required
            tokens = [name for name, member in shape.members.items() if member.metadata.get('idempotencyToken')]
            if tokens:
                made['t'] = tokens
        elif kind == 'list':
            made = {'l': self.shape(shape.member)}
            if low:
                made['min'] = low
        else:
            made = {'k': self.shape(shape.key), 'v': self.shape(shape.value)}
        self.shapes[shape.name] = made
        return shape.name

    def record(self, served):
        operations = {}
        for name in self.model.operation_names if served == '*' else served.split():
            operation = self.model.operation_model(name)
            made = [self.shape(operation.input_shape) if operation.input_shape else '', self.shape(operation.output_shape) if operation.output_shape else '']
            pages = self.pagination.get(name)
            if pages:
                made.append({key: value for key, value in pages.items() if key in ('input_token', 'output_token', 'limit_key', 'result_key', 'non_aggregate_keys')})
            operations[name] = made
        for name in self.model.operation_names:
            self.name(name)
        for name in self.waiters:
            self.name(name)
        return {
            'names': ' '.join(self.model.operation_names), 'renamed': self.renamed, 'operations': operations, 'shapes': self.shapes,
            'waiters': {name: {key: waiter[key] for key in ('operation', 'delay', 'maxAttempts', 'acceptors')} if waiter['operation'] in operations else None
                        for name, waiter in self.waiters.items()},
        }


def command_table():
    code = 'from awscli.clidriver import create_clidriver; d = create_clidriver(); d.create_parser(d.subcommand_table); print(" ".join(d.subcommand_table))'
    return subprocess.run(['/usr/bin/python3', '-c', code], capture_output=True, text=True, check=True).stdout.strip()


services = {service: Recorder(service).record(served) for service, served in SERVED.items()}
with open(OUT, 'w') as out:
    json.dump({'source': f'botocore {botocore.__version__}', 'commands': command_table(), 'services': services}, out, separators=(',', ':'))
    out.write('\n')
