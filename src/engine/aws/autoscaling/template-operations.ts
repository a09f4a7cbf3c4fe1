import { awsError, type AwsOperation, type AwsResult } from '../contract.ts';
import { wholeSecond } from '../time.ts';
import type { LaunchTemplate } from './contract.ts';
import type { LaunchTemplates } from './launch-templates.ts';

/** What `aws ec2` can tell of launch templates. Members in the order of the service model. */
export function launchTemplateOperations(templates: LaunchTemplates, accountId: string): AwsOperation[] {
  const tagsOf = (tags: Readonly<Record<string, string>>) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  const view = (template: LaunchTemplate) => ({
    LaunchTemplateId: template.id, LaunchTemplateName: template.name, CreateTime: wholeSecond(template.createdAtMs), CreatedBy: template.createdBy, DefaultVersionNumber: template.defaultVersion,
    LatestVersionNumber: template.versions.at(-1)!.number, Tags: tagsOf(template.tags),
  });
  const chosen = (ids: unknown, names: unknown): { ok: true; value: readonly LaunchTemplate[] } | ReturnType<typeof awsError> => {
    const [wantedIds, wantedNames] = [(ids ?? []) as readonly string[], (names ?? []) as readonly string[]];
    const all = templates.table.list();
    const noId = wantedIds.find(id => !all.some(template => template.id === id));
    if (noId !== undefined) return awsError('InvalidLaunchTemplateId.NotFound', `The specified launch template, with template ID ${noId}, does not exist.`);
    const noName = wantedNames.find(name => !all.some(template => template.name === name));
    if (noName !== undefined) return awsError('InvalidLaunchTemplateName.NotFoundException', 'At least one of the launch templates specified in the request does not exist.');
    return { ok: true, value: wantedIds.length + wantedNames.length === 0 ? all : all.filter(({ id, name }) => wantedIds.includes(id) || wantedNames.includes(name)) };
  };
  return [
    {
      service: 'ec2', name: 'DescribeLaunchTemplates',
      run(_call, { LaunchTemplateIds, LaunchTemplateNames }): AwsResult {
        const found = chosen(LaunchTemplateIds, LaunchTemplateNames);
        return found.ok ? { ok: true, value: { LaunchTemplates: found.value.map(view) } } : found;
      },
    },
    {
      service: 'ec2', name: 'DescribeLaunchTemplateVersions',
      run(_call, { LaunchTemplateId, LaunchTemplateName, Versions }): AwsResult {
        if (LaunchTemplateId === undefined && LaunchTemplateName === undefined) return awsError('MissingParameter', 'Either a launch template ID or a launch template name must be specified in the request.');
        const found = chosen(LaunchTemplateId === undefined ? [] : [LaunchTemplateId], LaunchTemplateName === undefined ? [] : [LaunchTemplateName]);
        if (!found.ok) return found;
        const template = found.value[0]!;
        const latest = template.versions.at(-1)!.number;
        const numbers = (Versions as readonly string[] | undefined)?.map(each => (each === '$Latest' ? latest : each === '$Default' ? template.defaultVersion : Number(each)));
        return { ok: true, value: { LaunchTemplateVersions: [...template.versions].reverse().filter(({ number }) => !numbers || numbers.includes(number)).map(({ number, createdAtMs, createdBy, data }) => ({
          LaunchTemplateId: template.id, LaunchTemplateName: template.name, VersionNumber: number, CreateTime: wholeSecond(createdAtMs), CreatedBy: createdBy, DefaultVersion: number === template.defaultVersion,
          LaunchTemplateData: {
            IamInstanceProfile: { Arn: `arn:aws:iam::${accountId}:instance-profile/${data.roleName}` },
            BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { DeleteOnTermination: true, VolumeSize: data.diskGib, VolumeType: 'gp3' } }],
            ImageId: data.imageId, TagSpecifications: [{ ResourceType: 'instance', Tags: tagsOf(data.tags) }], SecurityGroupIds: data.securityGroupIds,
            MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 2 },
          },
        })) } };
      },
    },
  ];
}
