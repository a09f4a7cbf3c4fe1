import { ADDON_TEXT, ADDONS } from '../../facts/eks-addons.ts';
import { UPDATE_MS } from '../../facts/eks.ts';
import type { Change } from '../../api-server/contract.ts';
import { conflicts, merged, wanted, type AddonConfiguration, type Workload } from './addon-objects.ts';
import type { Addon, EksUpdate } from './contract.ts';
import type { Eks } from './eks.ts';

export interface AddonChange { readonly version?: string; readonly configurationValues?: string; readonly serviceAccountRoleArn?: string; readonly mode: 'OVERWRITE' | 'PRESERVE' | 'NONE' }

const NAMESPACE = 'kube-system';

/**
 * Managed add-ons: EKS remembers each object as it came with the add-on and writes its settings into it, as the field manager
 * `eks`. What others change in the object stays until the next update of the add-on.
 */
export class Addons {
  /** Objects as shipped, and the version they were shipped with: `DaemonSet/aws-node`. */
  private readonly shipped = new Map<string, { readonly object: Workload; readonly version: string }>();

  constructor(private readonly eks: Eks) {}

  /** Called with every change in the cluster. */
  observe({ type, object }: Change): void {
    if (type !== 'ADDED' || object.metadata.namespace !== NAMESPACE) return;
    const addon = this.ownerOf(object.kind, object.metadata.name);
    const key = `${object.kind}/${object.metadata.name}`;
    if (!addon || this.shipped.has(key)) return;
    this.shipped.set(key, { object: object as Workload, version: addon.version });
    if (addon.configurationValues !== undefined) this.eks.parts.kernel.after(0, 'eks/addon-settings', key, () => this.write(addon, addon, 'OVERWRITE'));
  }

  update(name: string, change: AddonChange): EksUpdate {
    const { kernel } = this.eks.parts;
    const before = this.eks.addons.get(name)!;
    const { version, configurationValues, serviceAccountRoleArn, mode } = change;
    const after: Addon = {
      ...before, ...(version !== undefined && { version }), ...(configurationValues !== undefined && { configurationValues }), ...(serviceAccountRoleArn !== undefined && { serviceAccountRoleArn }),
      status: 'ACTIVE', modifiedAtMs: kernel.nowMs, issues: [],
    };
    const update = this.eks.beginUpdate({ addonName: name }, 'AddonUpdate', [
      ...(version === undefined ? [] : [{ type: 'AddonVersion', value: version }]), { type: 'ResolveConflicts', value: mode },
      ...(serviceAccountRoleArn === undefined ? [] : [{ type: 'ServiceAccountRoleArn', value: serviceAccountRoleArn }]),
      ...(configurationValues === undefined ? [] : [{ type: 'ConfigurationValues', value: configurationValues }]),
    ]);
    this.eks.addons.put(name, { ...before, status: 'UPDATING', modifiedAtMs: kernel.nowMs });
    kernel.after(kernel.random.jitter(UPDATE_MS.addon, 0.5), 'eks/addon-update', name, () => {
      const clashes = mode === 'NONE' ? this.clashes(before, after) : [];
      if (clashes.length > 0) {
        const message = ADDON_TEXT.conflicts(clashes);
        this.eks.addons.put(name, { ...before, status: 'UPDATE_FAILED', modifiedAtMs: kernel.nowMs, issues: [{ code: 'ConfigurationConflict', message, resourceIds: [] }] });
        this.eks.endUpdate(update.id, 'Failed', [{ errorCode: 'ConfigurationConflict', errorMessage: message, resourceIds: [] }]);
        return;
      }
      this.eks.addons.put(name, after);
      this.write(before, after, mode === 'PRESERVE' ? 'PRESERVE' : 'OVERWRITE');
      this.eks.endUpdate(update.id, 'Successful');
    });
    return update;
  }

  private ownerOf(kind: string, name: string): Addon | undefined {
    const facts = ADDONS.find(({ objects }) => objects.some(each => each.kind === kind && each.name === name));
    return facts && this.eks.addons.get(facts.name);
  }

  private *objects(before: Addon, after: Addon): Generator<{ live: Workload; before: Workload; after: Workload }> {
    for (const { kind, name } of ADDONS.find(each => each.name === after.name)?.objects ?? []) {
      const shipped = this.shipped.get(`${kind}/${name}`);
      const live = this.eks.api.reader.get<Workload>(kind, NAMESPACE, name);
      if (!shipped || !live) continue;
      const as = (addon: Addon): Workload => wanted(shipped.object, shipped.version, addon.version, configurationOf(addon));
      yield { live, before: as(before), after: as(after) };
    }
  }

  private clashes(before: Addon, after: Addon): string[] {
    return [...this.objects(before, after)].flatMap(each => conflicts(each.live, each.before, each.after));
  }

  private write(before: Addon, after: Addon, mode: 'OVERWRITE' | 'PRESERVE'): void {
    const client = this.eks.api.as({ name: 'eks:addon-manager', groups: ['system:masters', 'system:authenticated'] });
    for (const each of this.objects(before, after)) {
      const object = merged(each.live, each.before, each.after, mode);
      if (JSON.stringify(object.spec) !== JSON.stringify(each.live.spec)) client.update({ ...object, metadata: { ...object.metadata, resourceVersion: undefined } }, { fieldManager: 'eks' });
    }
  }
}

/** Configuration values are JSON; what is no object was refused before. */
export function configurationOf({ configurationValues }: Pick<Addon, 'configurationValues'>): AddonConfiguration {
  if (configurationValues === undefined || configurationValues.trim() === '') return {};
  try {
    return JSON.parse(configurationValues) as AddonConfiguration;
  } catch {
    return {};
  }
}
