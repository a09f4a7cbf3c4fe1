/** Numbers and documents of IAM. */

/** How long a change to a role or policy takes until other services judge by it. AWS says "seconds" (IAM user guide, eventual consistency); the number is assumed. */
export const IAM_PROPAGATION_MS = 5_000;

/** Quotas of one role and of documents, without white space. Source: IAM user guide, reference_iam-quotas. */
export const IAM_QUOTAS = { policiesPerRole: 10, inlineBytesPerRole: 10_240, policyBytes: 6_144, versionsPerPolicy: 5, trustBytes: 2_048 } as const;

export interface PolicyStatementFact {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export interface ManagedPolicyFact {
  readonly name: string;
  /** Between `policy` and the name; `/` when absent. */
  readonly path?: string;
  readonly version: string;
  readonly created: string;
  readonly updated: string;
  readonly statements: readonly PolicyStatementFact[];
}

/**
 * The AWS-managed policies that clusters and labs use, as AWS published them in spring 2026. ReadOnlyAccess is cut down to the
 * services that are modelled. Source: AWS managed policy reference.
 */
export const MANAGED_POLICIES: readonly ManagedPolicyFact[] = [
  {
    name: 'AdministratorAccess', version: 'v1', created: '2015-02-06T18:39:46Z', updated: '2015-02-06T18:39:46Z',
    statements: [
      { Effect: 'Allow', Action: '*', Resource: '*' },
    ],
  },
  {
    name: 'PowerUserAccess', version: 'v12', created: '2015-02-06T18:39:47Z', updated: '2026-02-12T17:59:14Z',
    statements: [
      { Effect: 'Allow', NotAction: ['iam:*', 'organizations:*', 'account:*'], Resource: '*' },
      { Effect: 'Allow', Action: ['account:GetAccountInformation', 'account:GetGovCloudAccountInformation', 'account:GetPrimaryEmail', 'account:ListRegions', 'iam:CreateServiceLinkedRole', 'iam:DeleteServiceLinkedRole', 'iam:ListRoles', 'organizations:DescribeEffectivePolicy', 'organizations:DescribeOrganization'], Resource: '*' },
    ],
  },
  {
    name: 'ReadOnlyAccess', version: 'v182', created: '2015-02-06T18:39:48Z', updated: '2026-04-03T15:27:12Z',
    statements: [
      { Effect: 'Allow', Action: ['autoscaling:Describe*', 'autoscaling:Get*', 'cloudtrail:Describe*', 'cloudtrail:Get*', 'cloudtrail:List*', 'cloudtrail:LookupEvents', 'ec2:Describe*', 'ec2:Get*', 'ecr:BatchCheck*', 'ecr:BatchGet*', 'ecr:Describe*', 'ecr:Get*', 'ecr:List*', 'eks:Describe*', 'eks:List*', 'elasticloadbalancing:Describe*', 'iam:Get*', 'iam:List*', 'iam:Simulate*', 'logs:Describe*', 'logs:FilterLogEvents', 'logs:Get*', 'servicequotas:Get*', 'servicequotas:List*', 'sqs:Get*', 'sqs:List*', 'ssm:Describe*', 'ssm:Get*', 'ssm:List*', 'sts:GetAccessKeyInfo', 'sts:GetCallerIdentity'], Resource: '*' },
    ],
  },
  {
    name: 'AmazonEKSClusterPolicy', version: 'v10', created: '2018-05-27T21:06:14Z', updated: '2026-02-12T17:58:15Z',
    statements: [
      { Sid: 'AmazonEKSClusterPolicy', Effect: 'Allow', Action: ['autoscaling:DescribeAutoScalingGroups', 'autoscaling:UpdateAutoScalingGroup', 'ec2:AttachVolume', 'ec2:AuthorizeSecurityGroupIngress', 'ec2:CreateRoute', 'ec2:CreateSecurityGroup', 'ec2:CreateTags', 'ec2:CreateVolume', 'ec2:DeleteRoute', 'ec2:DeleteSecurityGroup', 'ec2:DeleteVolume', 'ec2:DescribeInstances', 'ec2:DescribeRouteTables', 'ec2:DescribeSecurityGroups', 'ec2:DescribeSubnets', 'ec2:DescribeVolumes', 'ec2:DescribeVolumesModifications', 'ec2:DescribeVpcs', 'ec2:DescribeDhcpOptions', 'ec2:DescribeNetworkInterfaces', 'ec2:DescribeAvailabilityZones', 'ec2:DetachVolume', 'ec2:ModifyInstanceAttribute', 'ec2:ModifyVolume', 'ec2:RevokeSecurityGroupIngress', 'ec2:DescribeAccountAttributes', 'ec2:DescribeAddresses', 'ec2:DescribeInternetGateways', 'ec2:DescribeInstanceTopology', 'elasticloadbalancing:AddTags', 'elasticloadbalancing:ApplySecurityGroupsToLoadBalancer', 'elasticloadbalancing:AttachLoadBalancerToSubnets', 'elasticloadbalancing:ConfigureHealthCheck', 'elasticloadbalancing:CreateListener', 'elasticloadbalancing:CreateLoadBalancer', 'elasticloadbalancing:CreateLoadBalancerListeners', 'elasticloadbalancing:CreateLoadBalancerPolicy', 'elasticloadbalancing:CreateTargetGroup', 'elasticloadbalancing:DeleteListener', 'elasticloadbalancing:DeleteLoadBalancer', 'elasticloadbalancing:DeleteLoadBalancerListeners', 'elasticloadbalancing:DeleteTargetGroup', 'elasticloadbalancing:DeregisterInstancesFromLoadBalancer', 'elasticloadbalancing:DeregisterTargets', 'elasticloadbalancing:DescribeListeners', 'elasticloadbalancing:DescribeLoadBalancerAttributes', 'elasticloadbalancing:DescribeLoadBalancerPolicies', 'elasticloadbalancing:DescribeLoadBalancers', 'elasticloadbalancing:DescribeTargetGroupAttributes', 'elasticloadbalancing:DescribeTargetGroups', 'elasticloadbalancing:DescribeTargetHealth', 'elasticloadbalancing:DetachLoadBalancerFromSubnets', 'elasticloadbalancing:ModifyListener', 'elasticloadbalancing:ModifyLoadBalancerAttributes', 'elasticloadbalancing:ModifyTargetGroup', 'elasticloadbalancing:ModifyTargetGroupAttributes', 'elasticloadbalancing:RegisterInstancesWithLoadBalancer', 'elasticloadbalancing:RegisterTargets', 'elasticloadbalancing:SetLoadBalancerPoliciesForBackendServer', 'elasticloadbalancing:SetLoadBalancerPoliciesOfListener', 'kms:DescribeKey'], Resource: '*' },
      { Sid: 'AmazonEKSClusterPolicySLRCreate', Effect: 'Allow', Action: 'iam:CreateServiceLinkedRole', Resource: '*', Condition: { StringEquals: { 'iam:AWSServiceName': 'elasticloadbalancing.amazonaws.com' } } },
      { Sid: 'AmazonEKSClusterPolicyENIDelete', Effect: 'Allow', Action: 'ec2:DeleteNetworkInterface', Resource: '*', Condition: { StringEquals: { 'ec2:ResourceTag/eks:eni:owner': 'amazon-vpc-cni' } } },
    ],
  },
  {
    name: 'AmazonEKSServicePolicy', version: 'v7', created: '2018-05-27T21:08:21Z', updated: '2024-10-14T21:12:40Z',
    statements: [
      { Effect: 'Allow', Action: ['ec2:CreateNetworkInterface', 'ec2:CreateNetworkInterfacePermission', 'ec2:DeleteNetworkInterface', 'ec2:DescribeInstances', 'ec2:DescribeNetworkInterfaces', 'ec2:DetachNetworkInterface', 'ec2:DescribeSecurityGroups', 'ec2:DescribeSubnets', 'ec2:DescribeVpcs', 'ec2:ModifyNetworkInterfaceAttribute', 'iam:ListAttachedRolePolicies', 'eks:UpdateClusterVersion', 'ec2:GetSecurityGroupsForVpc'], Resource: '*' },
      { Effect: 'Allow', Action: ['ec2:CreateTags', 'ec2:DeleteTags'], Resource: ['arn:aws:ec2:*:*:vpc/*', 'arn:aws:ec2:*:*:subnet/*'] },
      { Effect: 'Allow', Action: ['ec2:CreateTags'], Resource: ['arn:aws:ec2:*:*:network-interface/*'], Condition: { StringLike: { 'aws:RequestTag/Name': 'eks-cluster-*' } } },
      { Effect: 'Allow', Action: 'route53:AssociateVPCWithHostedZone', Resource: '*' },
      { Effect: 'Allow', Action: 'logs:CreateLogGroup', Resource: '*' },
      { Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:DescribeLogStreams'], Resource: 'arn:aws:logs:*:*:log-group:/aws/eks/*:*' },
      { Effect: 'Allow', Action: 'logs:PutLogEvents', Resource: 'arn:aws:logs:*:*:log-group:/aws/eks/*:*:*' },
      { Effect: 'Allow', Action: 'iam:CreateServiceLinkedRole', Resource: 'arn:aws:iam::*:role/aws-service-role/eks.amazonaws.com/AWSServiceRoleForAmazonEKS', Condition: { StringLike: { 'iam:AWSServiceName': 'eks.amazonaws.com' } } },
    ],
  },
  {
    name: 'AmazonEKSVPCResourceController', version: 'v1', created: '2020-08-12T00:55:34Z', updated: '2020-08-12T00:55:34Z',
    statements: [
      { Effect: 'Allow', Action: 'ec2:CreateNetworkInterfacePermission', Resource: '*', Condition: { 'ForAnyValue:StringEquals': { 'ec2:ResourceTag/eks:eni:owner': 'eks-vpc-resource-controller' } } },
      { Effect: 'Allow', Action: ['ec2:CreateNetworkInterface', 'ec2:DetachNetworkInterface', 'ec2:ModifyNetworkInterfaceAttribute', 'ec2:DeleteNetworkInterface', 'ec2:AttachNetworkInterface', 'ec2:UnassignPrivateIpAddresses', 'ec2:AssignPrivateIpAddresses'], Resource: '*' },
    ],
  },
  {
    name: 'AmazonEKSWorkerNodePolicy', version: 'v3', created: '2018-05-27T21:09:01Z', updated: '2023-11-27T00:06:13Z',
    statements: [
      { Sid: 'WorkerNodePermissions', Effect: 'Allow', Action: ['ec2:DescribeInstances', 'ec2:DescribeInstanceTypes', 'ec2:DescribeRouteTables', 'ec2:DescribeSecurityGroups', 'ec2:DescribeSubnets', 'ec2:DescribeVolumes', 'ec2:DescribeVolumesModifications', 'ec2:DescribeVpcs', 'eks:DescribeCluster', 'eks-auth:AssumeRoleForPodIdentity'], Resource: '*' },
    ],
  },
  {
    name: 'AmazonEKSWorkerNodeMinimalPolicy', version: 'v1', created: '2024-10-02T20:03:51Z', updated: '2024-10-02T20:03:51Z',
    statements: [
      { Sid: 'WorkerNodePermissions', Effect: 'Allow', Action: ['eks-auth:AssumeRoleForPodIdentity'], Resource: '*' },
    ],
  },
  {
    name: 'AmazonEKS_CNI_Policy', version: 'v6', created: '2018-05-27T21:07:42Z', updated: '2026-03-04T19:12:14Z',
    statements: [
      { Sid: 'AmazonEKSCNIPolicy', Effect: 'Allow', Action: ['ec2:AssignPrivateIpAddresses', 'ec2:AttachNetworkInterface', 'ec2:CreateNetworkInterface', 'ec2:DeleteNetworkInterface', 'ec2:DescribeInstances', 'ec2:DescribeTags', 'ec2:DescribeNetworkInterfaces', 'ec2:DescribeInstanceTypes', 'ec2:DescribeSubnets', 'ec2:DescribeSecurityGroups', 'ec2:DetachNetworkInterface', 'ec2:ModifyNetworkInterfaceAttribute', 'ec2:UnassignPrivateIpAddresses'], Resource: '*' },
      { Sid: 'AmazonEKSCNIPolicyENITag', Effect: 'Allow', Action: ['ec2:CreateTags'], Resource: ['arn:aws:ec2:*:*:network-interface/*'] },
    ],
  },
  {
    name: 'AmazonEC2ContainerRegistryPullOnly', version: 'v1', created: '2024-10-04T16:58:49Z', updated: '2024-10-04T16:58:49Z',
    statements: [
      { Effect: 'Allow', Action: ['ecr:GetAuthorizationToken', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchImportUpstreamImage'], Resource: '*' },
    ],
  },
  {
    name: 'AmazonEC2ContainerRegistryReadOnly', version: 'v3', created: '2015-12-21T17:04:15Z', updated: '2019-12-10T20:56:32Z',
    statements: [
      { Effect: 'Allow', Action: ['ecr:GetAuthorizationToken', 'ecr:BatchCheckLayerAvailability', 'ecr:GetDownloadUrlForLayer', 'ecr:GetRepositoryPolicy', 'ecr:DescribeRepositories', 'ecr:ListImages', 'ecr:DescribeImages', 'ecr:BatchGetImage', 'ecr:GetLifecyclePolicy', 'ecr:GetLifecyclePolicyPreview', 'ecr:ListTagsForResource', 'ecr:DescribeImageScanFindings'], Resource: '*' },
    ],
  },
  {
    name: 'AmazonEC2ContainerRegistryPowerUser', version: 'v3', created: '2015-12-21T17:05:33Z', updated: '2019-12-10T20:48:08Z',
    statements: [
      { Effect: 'Allow', Action: ['ecr:GetAuthorizationToken', 'ecr:BatchCheckLayerAvailability', 'ecr:GetDownloadUrlForLayer', 'ecr:GetRepositoryPolicy', 'ecr:DescribeRepositories', 'ecr:ListImages', 'ecr:DescribeImages', 'ecr:BatchGetImage', 'ecr:GetLifecyclePolicy', 'ecr:GetLifecyclePolicyPreview', 'ecr:ListTagsForResource', 'ecr:DescribeImageScanFindings', 'ecr:InitiateLayerUpload', 'ecr:UploadLayerPart', 'ecr:CompleteLayerUpload', 'ecr:PutImage'], Resource: '*' },
    ],
  },
  {
    name: 'AmazonEC2ContainerRegistryFullAccess', version: 'v3', created: '2015-12-21T17:06:48Z', updated: '2020-12-05T00:04:19Z',
    statements: [
      { Effect: 'Allow', Action: ['ecr:*', 'cloudtrail:LookupEvents'], Resource: '*' },
      { Effect: 'Allow', Action: ['iam:CreateServiceLinkedRole'], Resource: '*', Condition: { StringEquals: { 'iam:AWSServiceName': ['replication.ecr.amazonaws.com'] } } },
    ],
  },
  {
    name: 'AmazonSSMManagedInstanceCore', version: 'v2', created: '2019-03-15T17:22:12Z', updated: '2019-05-23T16:54:21Z',
    statements: [
      { Effect: 'Allow', Action: ['ssm:DescribeAssociation', 'ssm:GetDeployablePatchSnapshotForInstance', 'ssm:GetDocument', 'ssm:DescribeDocument', 'ssm:GetManifest', 'ssm:GetParameter', 'ssm:GetParameters', 'ssm:ListAssociations', 'ssm:ListInstanceAssociations', 'ssm:PutInventory', 'ssm:PutComplianceItems', 'ssm:PutConfigurePackageResult', 'ssm:UpdateAssociationStatus', 'ssm:UpdateInstanceAssociationStatus', 'ssm:UpdateInstanceInformation'], Resource: '*' },
      { Effect: 'Allow', Action: ['ssmmessages:CreateControlChannel', 'ssmmessages:CreateDataChannel', 'ssmmessages:OpenControlChannel', 'ssmmessages:OpenDataChannel'], Resource: '*' },
      { Effect: 'Allow', Action: ['ec2messages:AcknowledgeMessage', 'ec2messages:DeleteMessage', 'ec2messages:FailMessage', 'ec2messages:GetEndpoint', 'ec2messages:GetMessages', 'ec2messages:SendReply'], Resource: '*' },
    ],
  },
  {
    name: 'AmazonEBSCSIDriverPolicy', path: '/service-role/', version: 'v14', created: '2022-04-04T17:24:29Z', updated: '2026-02-12T18:02:41Z',
    statements: [
      { Effect: 'Allow', Action: ['ec2:DescribeAvailabilityZones', 'ec2:DescribeInstances', 'ec2:DescribeSnapshots', 'ec2:DescribeTags', 'ec2:DescribeVolumes', 'ec2:DescribeVolumesModifications', 'ec2:DescribeVolumeStatus'], Resource: '*' },
      { Effect: 'Allow', Action: ['ec2:CreateSnapshot', 'ec2:ModifyVolume'], Resource: 'arn:aws:ec2:*:*:volume/*' },
      { Effect: 'Allow', Action: ['ec2:CopyVolumes'], Resource: ['arn:aws:ec2:*:*:volume/vol-*'] },
      { Effect: 'Allow', Action: ['ec2:AttachVolume', 'ec2:DetachVolume'], Resource: ['arn:aws:ec2:*:*:volume/*', 'arn:aws:ec2:*:*:instance/*'] },
      { Effect: 'Allow', Action: ['ec2:CreateVolume', 'ec2:EnableFastSnapshotRestores'], Resource: 'arn:aws:ec2:*:*:snapshot/*' },
      { Effect: 'Allow', Action: ['ec2:CreateTags'], Resource: ['arn:aws:ec2:*:*:volume/*', 'arn:aws:ec2:*:*:snapshot/*'], Condition: { StringEquals: { 'ec2:CreateAction': ['CreateVolume', 'CreateSnapshot', 'CopyVolumes'] } } },
      { Effect: 'Allow', Action: ['ec2:DeleteTags'], Resource: ['arn:aws:ec2:*:*:volume/*', 'arn:aws:ec2:*:*:snapshot/*'] },
      { Effect: 'Allow', Action: ['ec2:CreateVolume', 'ec2:CopyVolumes'], Resource: 'arn:aws:ec2:*:*:volume/*', Condition: { StringLike: { 'aws:RequestTag/ebs.csi.aws.com/cluster': 'true' } } },
      { Effect: 'Allow', Action: ['ec2:CreateVolume', 'ec2:CopyVolumes'], Resource: 'arn:aws:ec2:*:*:volume/*', Condition: { StringLike: { 'aws:RequestTag/CSIVolumeName': '*' } } },
      { Effect: 'Allow', Action: ['ec2:DeleteVolume'], Resource: 'arn:aws:ec2:*:*:volume/*', Condition: { StringLike: { 'ec2:ResourceTag/ebs.csi.aws.com/cluster': 'true' } } },
      { Effect: 'Allow', Action: ['ec2:DeleteVolume'], Resource: 'arn:aws:ec2:*:*:volume/*', Condition: { StringLike: { 'ec2:ResourceTag/CSIVolumeName': '*' } } },
      { Effect: 'Allow', Action: ['ec2:DeleteVolume'], Resource: 'arn:aws:ec2:*:*:volume/*', Condition: { StringLike: { 'ec2:ResourceTag/kubernetes.io/created-for/pvc/name': '*' } } },
      { Effect: 'Allow', Action: ['ec2:CreateSnapshot'], Resource: 'arn:aws:ec2:*:*:snapshot/*', Condition: { StringLike: { 'aws:RequestTag/CSIVolumeSnapshotName': '*' } } },
      { Effect: 'Allow', Action: ['ec2:CreateSnapshot'], Resource: 'arn:aws:ec2:*:*:snapshot/*', Condition: { StringLike: { 'aws:RequestTag/ebs.csi.aws.com/cluster': 'true' } } },
      { Effect: 'Allow', Action: ['ec2:DeleteSnapshot', 'ec2:LockSnapshot'], Resource: 'arn:aws:ec2:*:*:snapshot/*', Condition: { StringLike: { 'ec2:ResourceTag/CSIVolumeSnapshotName': '*' } } },
      { Effect: 'Allow', Action: ['ec2:DeleteSnapshot', 'ec2:LockSnapshot'], Resource: 'arn:aws:ec2:*:*:snapshot/*', Condition: { StringLike: { 'ec2:ResourceTag/ebs.csi.aws.com/cluster': 'true' } } },
    ],
  },
  {
    name: 'CloudWatchAgentServerPolicy', version: 'v3', created: '2018-03-07T01:06:44Z', updated: '2024-02-06T16:37:37Z',
    statements: [
      { Sid: 'CWACloudWatchServerPermissions', Effect: 'Allow', Action: ['cloudwatch:PutMetricData', 'ec2:DescribeVolumes', 'ec2:DescribeTags', 'logs:PutLogEvents', 'logs:PutRetentionPolicy', 'logs:DescribeLogStreams', 'logs:DescribeLogGroups', 'logs:CreateLogStream', 'logs:CreateLogGroup', 'xray:PutTraceSegments', 'xray:PutTelemetryRecords', 'xray:GetSamplingRules', 'xray:GetSamplingTargets', 'xray:GetSamplingStatisticSummaries'], Resource: '*' },
      { Sid: 'CWASSMServerPermissions', Effect: 'Allow', Action: ['ssm:GetParameter'], Resource: 'arn:aws:ssm:*:*:parameter/AmazonCloudWatch-*' },
    ],
  },
  {
    name: 'AmazonS3ReadOnlyAccess', version: 'v3', created: '2015-02-06T18:40:59Z', updated: '2023-08-10T21:31:39Z',
    statements: [
      { Effect: 'Allow', Action: ['s3:Get*', 's3:List*', 's3:Describe*', 's3-object-lambda:Get*', 's3-object-lambda:List*'], Resource: '*' },
    ],
  },
];
