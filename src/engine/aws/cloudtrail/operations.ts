import { parseRfc3339, rfc3339 } from '../../kernel/calendar.ts';
import { awsError, awsTime, type AwsApi, type AwsCallRecord, type AwsOperation, type AwsService } from '../contract.ts';
import { uniqueId } from '../iam/identifiers.ts';

/** `elbv2` calls itself `elasticloadbalancing` in events. */
const SOURCE: Partial<Record<AwsService, string>> = { elbv2: 'elasticloadbalancing', 'service-quotas': 'servicequotas' };
const EVENT_VERSION = '1.11';
const PAGE = 50;

const sourceOf = (service: AwsService): string => `${SOURCE[service] ?? service}.amazonaws.com`;
const sessionOf = ({ principal }: AwsCallRecord): string => principal.arn.split('/').at(-1) ?? '';

/** Parameters by which CloudTrail names the resources of an event. */
const RESOURCE_TYPES: Readonly<Record<string, string>> = {
  roleName: 'AWS::IAM::Role', policyArn: 'AWS::IAM::Policy', repositoryName: 'AWS::ECR::Repository', subnetId: 'AWS::EC2::Subnet', networkInterfaceId: 'AWS::EC2::NetworkInterface',
  instanceId: 'AWS::EC2::Instance', clusterName: 'AWS::EKS::Cluster', autoScalingGroupName: 'AWS::AutoScaling::AutoScalingGroup', targetGroupArn: 'AWS::ElasticLoadBalancingV2::TargetGroup',
};

/** `aws cloudtrail lookup-events`: the last calls of the account, the newest first. Events are there at once; in AWS it takes some minutes. */
export function cloudTrailOperations(api: AwsApi): AwsOperation[] {
  return [{
    service: 'cloudtrail', name: 'LookupEvents',
    run: (_call, parameters) => {
      const { LookupAttributes = [], StartTime, EndTime, MaxResults, NextToken } = parameters as Record<string, any>;
      if (LookupAttributes.length > 1) return awsError('InvalidLookupAttributesException', 'You can only use one lookup attribute at a time.');
      const from = timeOf(StartTime) ?? Number.NEGATIVE_INFINITY;
      const to = timeOf(EndTime) ?? Number.POSITIVE_INFINITY;
      if (from > to) return awsError('InvalidTimeRangeException', 'End time cannot be before start time.');
      const [wanted] = LookupAttributes as { AttributeKey: string; AttributeValue: string }[];
      const matching = api.trail.filter(record => record.atMs >= from && record.atMs <= to && (!wanted || fits(record, wanted.AttributeKey, wanted.AttributeValue))).toReversed();
      const start = Number(NextToken ?? 0) || 0;
      const size = Math.min(Number(MaxResults ?? PAGE), PAGE);
      const page = matching.slice(start, start + size);
      return { ok: true, value: { Events: page.map(record => eventOf(api, record)), ...(start + size < matching.length && { NextToken: String(start + size) }) } };
    },
  }];
}

/** A time as the CLI sends it: text, or seconds. */
function timeOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value * 1000;
  return typeof value === 'string' ? parseRfc3339(value.replace('+00:00', 'Z')) : undefined;
}

function fits(record: AwsCallRecord, key: string, value: string): boolean {
  switch (key) {
    case 'EventName': return record.operation === value;
    case 'Username': return sessionOf(record) === value;
    case 'EventSource': return sourceOf(record.service) === value;
    case 'ReadOnly': return String(record.readOnly) === value;
    case 'EventId': return eventId(record) === value;
    case 'AccessKeyId': return accessKey(record) === value;
    case 'ResourceName': return resourcesOf(record).some(({ ResourceName }) => ResourceName === value || ResourceName.endsWith(`/${value}`));
    case 'ResourceType': return resourcesOf(record).some(({ ResourceType }) => ResourceType === value);
    default: return false;
  }
}

function resourcesOf({ parameters }: AwsCallRecord): { ResourceType: string; ResourceName: string }[] {
  return Object.entries(parameters).flatMap(([key, value]) => {
    const type = RESOURCE_TYPES[key.charAt(0).toLowerCase() + key.slice(1)];
    return type && typeof value === 'string' ? [{ ResourceType: type, ResourceName: value }] : [];
  });
}

/** The request's id, turned round: unlike it, and as stable. */
const eventId = ({ requestId }: AwsCallRecord): string => `${requestId.slice(24, 32)}${requestId.slice(8, 24)}${requestId.slice(32, 36)}${requestId.slice(0, 8)}`;
const accessKey = ({ principal }: AwsCallRecord): string => uniqueId('ASIA', principal.userId).slice(0, 20);

function eventOf(api: AwsApi, record: AwsCallRecord): Record<string, unknown> {
  const { atMs, operation, service, principal, readOnly, error, requestId, parameters } = record;
  const resources = resourcesOf(record);
  const [roleId] = principal.userId.split(':');
  const issuer = principal.roleName && { type: 'Role', principalId: roleId, arn: `arn:aws:iam::${api.accountId}:role/${principal.roleName}`, accountId: api.accountId, userName: principal.roleName };
  const event = {
    eventVersion: EVENT_VERSION,
    userIdentity: { type: 'AssumedRole', principalId: principal.userId, arn: principal.arn, accountId: api.accountId, accessKeyId: accessKey(record), ...(issuer && { sessionContext: { sessionIssuer: issuer, attributes: { creationDate: rfc3339(atMs), mfaAuthenticated: 'false' } } }) },
    eventTime: rfc3339(atMs), eventSource: sourceOf(service), eventName: operation, awsRegion: api.region,
    ...(error && { errorCode: errorCode(service, error.code), errorMessage: error.message }),
    requestParameters: Object.keys(parameters).length > 0 ? parameters : null, responseElements: null, requestID: requestId, eventID: eventId(record), readOnly,
    eventType: 'AwsApiCall', managementEvent: true, recipientAccountId: api.accountId, eventCategory: 'Management',
  };
  return {
    EventId: eventId(record), EventName: operation, ReadOnly: String(readOnly), AccessKeyId: accessKey(record), EventTime: awsTime(rfc3339(atMs)), EventSource: sourceOf(service),
    Username: sessionOf(record), Resources: resources, CloudTrailEvent: JSON.stringify(event),
  };
}

/** EC2's codes carry who is to blame; the JSON services' `…Exception` of a denial is dropped. */
function errorCode(service: AwsService, code: string): string {
  if (service === 'ec2') return `Client.${code}`;
  return code === 'AccessDeniedException' ? 'AccessDenied' : code;
}
