import { utf8Base64 } from '../../apimachinery/base64.ts';
import { MINOR_VERSIONS, TEXT } from '../../facts/eks.ts';
import { parseRfc3339 } from '../../kernel/calendar.ts';
import type { AwsCall, AwsOperation, AwsParameters, AwsResult } from '../contract.ts';
import { wholeSecond } from '../time.ts';
import type { Eks } from './eks.ts';
import { clusterNamed, inUse, invalidParameter } from './refusals.ts';
import { clusterArn, clusterView, updateView } from './views.ts';

const minorNumber = (version: string): number => Number(version.split('.')[1]);

/** What `aws eks` can do with the cluster itself. */
export function clusterOperations(eks: Eks): AwsOperation[] {
  const { foundation } = eks.parts;
  const resources = ({ name, clusterName }: AwsParameters): string[] => [clusterArn(foundation, String(name ?? clusterName))];

  const describe: AwsOperation = {
    service: 'eks', name: 'DescribeCluster', resources,
    run(_call, { name }) {
      const found = clusterNamed(eks, name);
      return found.ok ? { ok: true, value: { cluster: clusterView(foundation, found.value, utf8Base64(certificateOf(eks))) } } : found;
    },
  };
  const list: AwsOperation = { service: 'eks', name: 'ListClusters', run: () => ({ ok: true, value: { clusters: eks.clusters.list().map(({ name }) => name).sort() } }) };
  const updateVersion: AwsOperation = {
    service: 'eks', name: 'UpdateClusterVersion', resources,
    run(_call, { name, version }): AwsResult {
      const found = clusterNamed(eks, name);
      if (!found.ok) return found;
      const cluster = found.value;
      const wanted = String(version);
      const running = eks.clusterUpdate;
      if (running) return inUse(TEXT.clusterBusy('VersionUpdate', cluster.name, running.id));
      if (!MINOR_VERSIONS.some(({ minor }) => minor === wanted)) return invalidParameter(TEXT.unsupported);
      if (minorNumber(wanted) !== minorNumber(cluster.version) + 1) return invalidParameter(TEXT.skipsMinor(cluster.version, wanted));
      const behind = eks.nodegroups.table.list().filter(nodegroup => minorNumber(nodegroup.version) < minorNumber(cluster.version)).map(nodegroup => nodegroup.name).sort();
      if (behind.length > 0) return invalidParameter(TEXT.nodegroupsBehind(behind, cluster.version));
      return { ok: true, value: { update: updateView(eks.updateClusterVersion(wanted)) } };
    },
  };
  const versions: AwsOperation = {
    service: 'eks', name: 'DescribeClusterVersions',
    run({ nowMs }: AwsCall, { clusterVersions, defaultOnly }): AwsResult {
      const asked = clusterVersions as readonly string[] | undefined;
      const day = (text: string): number => parseRfc3339(`${text}T00:00:00Z`)!;
      const known = MINOR_VERSIONS.filter(({ released }) => day(released) <= nowMs);
      const value = known.filter(({ minor }) => (!asked || asked.includes(minor)) && (defaultOnly !== true || minor === known[0]!.minor)).map(({ minor, released, standardUntil, extendedUntil, platform, patch }) => {
        const [lower, upper] = nowMs < day(standardUntil) ? ['standard-support', 'STANDARD_SUPPORT'] : nowMs < day(extendedUntil) ? ['extended-support', 'EXTENDED_SUPPORT'] : ['unsupported', 'UNSUPPORTED'];
        return {
          clusterVersion: minor, clusterType: 'eks', defaultPlatformVersion: platform, defaultVersion: minor === known[0]!.minor, releaseDate: wholeSecond(day(released)),
          endOfStandardSupportDate: wholeSecond(day(standardUntil)), endOfExtendedSupportDate: wholeSecond(day(extendedUntil)), status: lower, versionStatus: upper, kubernetesPatchVersion: patch,
        };
      });
      return { ok: true, value: { clusterVersions: value } };
    },
  };
  return [describe, list, updateVersion, versions];
}

/** The certificate authority that every namespace's `kube-root-ca.crt` holds. */
function certificateOf(eks: Eks): string {
  const published = eks.api.reader.get<{ data?: Record<string, string> }>('ConfigMap', 'default', 'kube-root-ca.crt');
  return published?.data?.['ca.crt'] ?? '';
}
