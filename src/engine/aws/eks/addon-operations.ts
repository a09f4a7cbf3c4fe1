import { ADDON_TEXT, ADDONS } from '../../facts/eks-addons.ts';
import { TEXT } from '../../facts/eks.ts';
import type { AwsOperation, AwsParameters, AwsResult } from '../contract.ts';
import type { Addon } from './contract.ts';
import type { Eks } from './eks.ts';
import { clusterNamed, inUse, invalidParameter, notFound } from './refusals.ts';
import { addonArn, addonView, clusterArn, updateView } from './views.ts';

interface Update { clusterName: string; addonName: string; addonVersion?: string; serviceAccountRoleArn?: string; resolveConflicts?: 'OVERWRITE' | 'PRESERVE' | 'NONE'; configurationValues?: string }

/** Why configuration values cannot be taken, if they cannot. */
function badConfiguration(name: string, text: string): string | undefined {
  let values: unknown;
  try {
    values = JSON.parse(text === '' ? '{}' : text);
  } catch {
    return ADDON_TEXT.badConfiguration('the values are not JSON (YAML is not modelled here)');
  }
  if (typeof values !== 'object' || values === null || Array.isArray(values)) return ADDON_TEXT.badConfiguration('the values are not an object');
  const known = ADDONS.find(each => each.name === name)!.settings;
  const unknown = Object.keys(values).find(key => !known.includes(key));
  return unknown === undefined ? undefined : ADDON_TEXT.badConfiguration(`Json schema validation failed with error: [$.${unknown}: is not defined in the schema and the schema does not allow additional properties] (here ${known.join(', ')} are modelled)`);
}

/** What `aws eks` can do with managed add-ons. */
export function addonOperations(eks: Eks): AwsOperation[] {
  const { foundation } = eks.parts;
  const arns = ({ clusterName, addonName }: AwsParameters): string[] => {
    const addon = eks.addons.get(String(addonName));
    return [addon ? addonArn(foundation, String(clusterName), addon) : clusterArn(foundation, String(clusterName))];
  };
  const named = ({ clusterName, addonName }: AwsParameters): { ok: true; value: Addon } | ReturnType<typeof notFound> => {
    const cluster = clusterNamed(eks, clusterName);
    if (!cluster.ok) return cluster;
    const addon = eks.addons.get(String(addonName));
    return addon ? { ok: true, value: addon } : notFound(TEXT.noAddon(String(addonName), cluster.value.name));
  };
  return [
    {
      service: 'eks', name: 'ListAddons', resources: ({ clusterName }) => [clusterArn(foundation, String(clusterName))],
      run(_call, { clusterName }): AwsResult {
        const cluster = clusterNamed(eks, clusterName);
        return cluster.ok ? { ok: true, value: { addons: eks.addons.list().map(({ name }) => name).sort() } } : cluster;
      },
    },
    {
      service: 'eks', name: 'DescribeAddon', resources: arns,
      run(_call, parameters): AwsResult {
        const found = named(parameters);
        return found.ok ? { ok: true, value: { addon: addonView(foundation, eks.cluster.name, found.value) } } : found;
      },
    },
    {
      service: 'eks', name: 'UpdateAddon', resources: arns,
      run(_call, parameters): AwsResult {
        const { addonName, addonVersion, serviceAccountRoleArn, resolveConflicts, configurationValues } = parameters as unknown as Update;
        const found = named(parameters);
        if (!found.ok) return found;
        if (found.value.status === 'UPDATING' || found.value.status === 'CREATING' || found.value.status === 'DELETING') return inUse(TEXT.addonBusy(addonName, found.value.status));
        const facts = ADDONS.find(each => each.name === addonName);
        if (!facts) return invalidParameter(ADDON_TEXT.notSupported(addonName));
        if (addonVersion !== undefined && !facts.versions.some(({ version, clusters }) => version === addonVersion && clusters.includes(eks.cluster.version))) return invalidParameter(ADDON_TEXT.versionNotSupported);
        const wrong = configurationValues === undefined ? undefined : badConfiguration(addonName, configurationValues);
        if (wrong !== undefined) return invalidParameter(wrong);
        return { ok: true, value: { update: updateView(eks.addonObjects.update(addonName, {
          mode: resolveConflicts ?? 'NONE', ...(addonVersion !== undefined && { version: addonVersion }), ...(configurationValues !== undefined && { configurationValues }), ...(serviceAccountRoleArn !== undefined && { serviceAccountRoleArn }),
        })) } };
      },
    },
    {
      service: 'eks', name: 'DescribeAddonVersions',
      run(_call, { kubernetesVersion, addonName }): AwsResult {
        if (addonName !== undefined && !ADDONS.some(({ name }) => name === addonName)) return notFound(ADDON_TEXT.notSupported(String(addonName)));
        const fits = (clusters: readonly string[]): boolean => kubernetesVersion === undefined || clusters.includes(String(kubernetesVersion));
        return { ok: true, value: { addons: ADDONS.filter(({ name, versions }) => (addonName === undefined || name === addonName) && versions.some(each => fits(each.clusters))).map(({ name, type, versions }) => ({
          addonName: name, type,
          addonVersions: versions.filter(each => fits(each.clusters)).map(({ version, clusters }) => ({
            addonVersion: version, architecture: ['amd64', 'arm64'], computeTypes: ['ec2'],
            compatibilities: clusters.filter(cluster => kubernetesVersion === undefined || cluster === kubernetesVersion).map(cluster => ({
              clusterVersion: cluster, platformVersions: ['*'], defaultVersion: versions.find(each => each.clusters.includes(cluster))!.version === version,
            })), requiresConfiguration: false, requiresIamPermissions: name === 'aws-ebs-csi-driver' || name === 'vpc-cni',
          })), publisher: 'eks', owner: 'aws', defaultNamespace: 'kube-system',
        })) } };
      },
    },
    {
      service: 'eks', name: 'DescribeAddonConfiguration',
      run(_call, { addonName, addonVersion }): AwsResult {
        const facts = ADDONS.find(({ name }) => name === addonName);
        if (!facts) return notFound(ADDON_TEXT.notSupported(String(addonName)));
        if (!facts.versions.some(({ version }) => version === addonVersion)) return notFound(ADDON_TEXT.versionNotSupported);
        const types: Readonly<Record<string, object>> = { env: { type: 'object', additionalProperties: { type: 'string' } }, enableNetworkPolicy: { type: 'string', format: 'boolean' }, replicaCount: { type: 'integer' }, replicas: { type: 'integer' }, resources: { type: 'object' } };
        const schema = { $schema: 'http://json-schema.org/draft-07/schema#', additionalProperties: false, properties: Object.fromEntries(facts.settings.map(key => [key, types[key]])), type: 'object' };
        return { ok: true, value: { addonName: facts.name, addonVersion, configurationSchema: JSON.stringify(schema), podIdentityConfiguration: [] } };
      },
    },
  ];
}
