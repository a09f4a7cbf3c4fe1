/** `eksctl upgrade cluster|nodegroup`. */
import type { Task } from '../../../engine/kernel/task.ts';
import { EksctlFailure, mustBeSet, type EksctlCommand } from '../command.ts';
import { describeNodeGroup, waitUntilActive } from '../node-group.ts';
import { APPROVE, CLUSTER, CONFIG_FILE, NO_CONFIG_FILE, PROFILE, REGION, timeout } from '../shared-flags.ts';
import type { EksctlSession } from '../session.ts';

const LOOK_EVERY_MS = 30_000;

/** `1.34` → `1.35`. */
function nextMinor(version: string): string {
  const [major = '', minor = ''] = version.split('.');
  return `${major}.${Number(minor) + 1}`;
}

const minorOf = (version: string): number => Number(version.split('.')[1] ?? Number.NaN);

/** Which version to go to. @returns undefined when nothing is to be done. @throws EksctlFailure for a version that cannot be next */
function targetVersion(asked: string, current: string, supported: readonly string[]): string | undefined {
  const next = nextMinor(current);
  if (asked === '' || asked === 'auto') return supported.includes(next) ? next : undefined;
  if (!/^\d+\.\d+$/.test(asked)) throw new EksctlFailure(`couldn't compare versions for upgrade: unable to parse first version ${JSON.stringify(asked)}: No Major.Minor.Patch elements found`);
  if (minorOf(asked) < minorOf(current)) throw new EksctlFailure(`cannot upgrade to a lower version. Found given target version ${JSON.stringify(asked)}, current cluster version ${JSON.stringify(current)}`);
  if (!supported.includes(asked)) throw new EksctlFailure(`control plane version ${JSON.stringify(asked)} is not known to this version of eksctl, try to upgrade eksctl first`);
  if (asked === current) return undefined;
  if (asked !== next) throw new EksctlFailure(`upgrading more than one version at a time is not supported. Found upgrade from ${JSON.stringify(current)} to ${JSON.stringify(asked)}. Please upgrade to ${JSON.stringify(next)} first`);
  return next;
}

function* waitForUpdate(session: EksctlSession, clusterName: string, updateId: string): Task<void> {
  const endMs = session.process.kernel.nowMs + session.durationMs('timeout');
  for (;;) {
    const { update } = yield* session.call<{ update: { status: string; errors?: readonly { errorMessage?: string }[] } }>('eks', 'DescribeUpdate', { name: clusterName, updateId });
    if (update.status === 'Successful') return;
    if (update.status !== 'InProgress') throw new EksctlFailure(`waiting for requested "VersionUpdate" in cluster ${JSON.stringify(clusterName)}: update status ${update.status}: ${update.errors?.map(error => error.errorMessage).join('; ') ?? ''}`);
    if (session.process.kernel.nowMs >= endMs) throw new EksctlFailure(`timed out waiting for requested "VersionUpdate" in cluster ${JSON.stringify(clusterName)} to succeed`);
    yield* session.info(`waiting for requested "VersionUpdate" in cluster ${JSON.stringify(clusterName)} to succeed`);
    yield* session.process.sleep(LOOK_EVERY_MS);
  }
}

const upgradeCluster: EksctlCommand = {
  path: 'upgrade cluster', summary: 'Upgrade control plane to the next version', refused: NO_CONFIG_FILE,
  flags: [{ name: 'name', short: 'n', kind: 'string', help: 'EKS cluster name' }, REGION, { name: 'version', kind: 'string', help: 'Kubernetes version' }, CONFIG_FILE, APPROVE, timeout(), PROFILE],
  * run(session) {
    const clusterName = session.name('name');
    const cluster = yield* session.cluster(clusterName);
    const versions = yield* session.try('eks', 'DescribeClusterVersions', {});
    const supported = versions.ok ? (versions.value.clusterVersions as readonly { clusterVersion: string }[]).map(({ clusterVersion }) => clusterVersion) : [];
    const target = targetVersion(session.text('version'), cluster.version, supported);
    if (target === undefined) {
      yield* session.info('no cluster version update required');
      return;
    }
    const action = `upgrade cluster ${JSON.stringify(clusterName)} control plane from current version ${JSON.stringify(cluster.version)} to ${JSON.stringify(target)}`;
    if (!session.bool('approve')) {
      yield* session.info(`(plan) would ${action}`);
      yield* session.warning("no changes were applied, run again with '--approve' to apply the changes");
      return;
    }
    yield* session.info(`will ${action}`);
    const { update } = yield* session.call<{ update: { id: string } }>('eks', 'UpdateClusterVersion', { name: clusterName, version: target });
    yield* waitForUpdate(session, clusterName, update.id);
    yield* session.success(`cluster ${JSON.stringify(clusterName)} control plane has been upgraded to version ${JSON.stringify(target)}`);
    yield* session.info('you will need to follow the upgrade procedure for all of nodegroups and add-ons');
  },
};

const upgradeNodegroup: EksctlCommand = {
  path: 'upgrade nodegroup', summary: 'Upgrade nodegroup', refused: { ...NO_CONFIG_FILE, 'launch-template-version': 'aws eks update-nodegroup-version takes --launch-template' },
  flags: [
    { name: 'name', kind: 'string', help: 'Nodegroup name' }, { name: 'launch-template-version', kind: 'string', help: 'Launch template version' }, { name: 'kubernetes-version', kind: 'string', help: 'Kubernetes version' },
    { name: 'force-upgrade', kind: 'bool', fallback: 'false', help: "Force the update if the existing node group's pods are unable to be drained due to a pod disruption budget issue" },
    { name: 'release-version', kind: 'string', help: 'AMI version of the EKS optimized AMI to use' }, { name: 'wait', kind: 'bool', fallback: 'true', help: 'nodegroup upgrade to complete' },
    CLUSTER, REGION, timeout('45m0s'), CONFIG_FILE, PROFILE,
  ],
  * run(session) {
    const clusterName = session.clusterFlag();
    if (session.given('name') === undefined && session.args.length === 0) throw mustBeSet('name');
    const name = session.name('name');
    const version = session.given('kubernetes-version');
    const release = session.given('release-version');
    if (version !== undefined && release !== undefined) throw new EksctlFailure('only one of kubernetes-version or release-version can be specified');
    yield* session.cluster(clusterName);
    const answer = yield* session.try('eks', 'DescribeNodegroup', { clusterName, nodegroupName: name });
    if (!answer.ok) {
      if (answer.error.code === 'ResourceNotFoundException') throw new EksctlFailure(`upgrade is only supported for managed nodegroups; could not find one with name ${JSON.stringify(name)}`);
      throw new EksctlFailure(session.sdkError('eks', 'DescribeNodegroup', answer.error));
    }
    const group = answer.value.nodegroup as { status: string; version?: string };
    if (group.status !== 'ACTIVE') throw new EksctlFailure(`nodegroup must be in "ACTIVE" state when upgrading a nodegroup; got state ${JSON.stringify(group.status)}`);
    const target = version ?? /^\d+\.\d+/.exec(group.version ?? '')?.[0];
    if (release === undefined) yield* session.info(`will upgrade nodes to Kubernetes version: ${target}`);
    yield* session.call('eks', 'UpdateNodegroupVersion', {
      clusterName, nodegroupName: name, force: session.bool('force-upgrade'), ...(release !== undefined ? { releaseVersion: release } : { version: target }),
    });
    yield* session.info(`upgrade of nodegroup ${JSON.stringify(name)} in progress`);
    if (!session.bool('wait')) return;
    yield* waitUntilActive(session, clusterName, name, `waiting for upgrade of nodegroup ${JSON.stringify(name)} to complete`);
    const after = yield* describeNodeGroup(session, clusterName, name);
    if (release === undefined && target !== undefined && after.version !== target) throw new EksctlFailure(`nodegroup ${JSON.stringify(name)} is still at version ${after.version ?? ''}; aws eks list-updates and describe-update say why`);
    yield* session.info('nodegroup successfully upgraded');
  },
};

export const upgradeCommands: readonly EksctlCommand[] = [upgradeCluster, upgradeNodegroup];
