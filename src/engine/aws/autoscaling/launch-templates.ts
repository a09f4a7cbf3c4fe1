import type { Kernel } from '../../kernel/kernel.ts';
import type { Tags } from '../ec2/contract.ts';
import { AwsTable } from '../table.ts';
import type { LaunchTemplate, LaunchTemplateData } from './contract.ts';

/** Launch templates. They belong to EC2's API, but only Auto Scaling launches from them. */
export class LaunchTemplates {
  readonly table: AwsTable<LaunchTemplate>;

  constructor(private readonly kernel: Kernel) {
    this.table = new AwsTable(kernel, 'ec2/launch-template');
  }

  create(name: string, createdBy: string, data: LaunchTemplateData, tags: Tags): LaunchTemplate {
    const id = `lt-0${this.kernel.random.uuid().replaceAll('-', '').slice(0, 16)}`;
    const { nowMs } = this.kernel;
    return this.table.put(id, { id, name, createdAtMs: nowMs, createdBy, defaultVersion: 1, versions: [{ number: 1, createdAtMs: nowMs, createdBy, data }], tags });
  }

  /** @returns the number of the new version */
  addVersion(id: string, createdBy: string, data: LaunchTemplateData): number {
    const after = this.table.update(id, template => ({
      ...template, versions: [...template.versions, { number: template.versions.at(-1)!.number + 1, createdAtMs: this.kernel.nowMs, createdBy, data }],
    }));
    return after?.versions.at(-1)!.number ?? 0;
  }

  data(id: string, version: number): LaunchTemplateData | undefined {
    return this.table.get(id)?.versions.find(each => each.number === version)?.data;
  }
}
