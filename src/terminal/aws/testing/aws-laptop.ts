/** A laptop whose `aws` asks a function instead of AWS. */
import type { AwsResult } from '../../../engine/aws/contract.ts';
import { Kernel } from '../../../engine/kernel/kernel.ts';
import type { Descriptor } from '../../../engine/kernel/pipe.ts';
import { createLaptop } from '../../laptop.ts';
import type { AwsRequest } from '../contract.ts';
import { serviceModel } from '../models/model.ts';
import { createAws } from '../program.ts';

export interface RanLine {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | undefined;
  readonly calls: readonly { readonly operation: string; readonly parameters: unknown }[];
  /** Virtual time it took. */
  readonly tookMs: number;
}

/** The home directory in which the recordings were made. */
export const recordedHome: Readonly<Record<string, string>> = {
  '.aws/config': '[default]\nregion = eu-west-1\noutput = json\n\n[profile tables]\nregion = eu-west-1\noutput = table\n\n[profile nowhere]\noutput = text\n',
  '.aws/credentials': '[default]\naws_access_key_id = ASIAQ3EGKFO7XAMPLE4D\naws_secret_access_key = 9drydockEXAMPLEdoNotUse0000000000000000\n\n[tables]\naws_access_key_id = A\naws_secret_access_key = B\n\n[nowhere]\naws_access_key_id = A\naws_secret_access_key = B\n',
  'filters.json': '[{"Name": "vpc-id", "Values": ["vpc-kfo"]}]',
  'broken.json': '{"Name": "vpc-id",}',
  'trust.json': '{"Version": "2012-10-17", "Statement": []}',
  'input.json': '{"clusterName": "kfo-prod", "nodegroupName": "apps", "scalingConfig": {"minSize": 1, "maxSize": 6, "desiredSize": 4}}',
};

/** Runs one line of `aws`. Words split as a shell would, with single and double quotes. */
export function recordAws(line: string, home: Readonly<Record<string, string>>, answer: (request: AwsRequest) => AwsResult, env: Readonly<Record<string, string>> = {}): RanLine {
  const kernel = new Kernel({ seed: 1 });
  const laptop = createLaptop({ kernel });
  for (const [name, content] of Object.entries(home)) {
    const path = `${laptop.home}/${name}`;
    laptop.files.makeDirectory(path.slice(0, path.lastIndexOf('/')), { recursive: true });
    laptop.files.write(path, content);
    laptop.files.chown(path, 1000, 1000);
  }
  const calls: { operation: string; parameters: unknown }[] = [];
  const aws = createAws({
    version: 'aws-cli/2',
    transport: {
      region: 'eu-west-1',
      served: service => [...serviceModel(service)!.operationNames.values()],
      *send(request) {
        calls.push({ operation: request.operation, parameters: JSON.parse(JSON.stringify(request.parameters)) as unknown });
        return answer(request);
      },
    },
  });
  const texts = ['', ''];
  const collect = (at: number): Descriptor => ({
    * read() { return null; },
    * write(text: string) { texts[at] += text; },
    retain() {}, release() {},
  });
  const process = laptop.system.processes.spawn({
    program: aws, argv: ['aws', ...shellWords(line)], cwd: laptop.home, env: new Map(Object.entries({ HOME: laptop.home, ...env })), uid: 1000, gid: 1000,
    descriptors: new Map([[1, collect(0)], [2, collect(1)]]),
  });
  const startMs = kernel.nowMs;
  let endMs = startMs;
  process.onExit(() => { endMs = kernel.nowMs; });
  kernel.run({ untilMs: startMs + 24 * 3_600_000 });
  const shown = texts.map(text => text.replaceAll(laptop.home, '~'));
  return { stdout: shown[0]!, stderr: shown[1]!, code: process.exitCode, calls, tookMs: endMs - startMs };
}

function shellWords(line: string): string[] {
  const words: string[] = [];
  for (const match of line.matchAll(/(?:'[^']*'|"(?:\\.|[^"\\])*"|\\.|[^\s'"\\])+/g)) {
    words.push(match[0].replaceAll(/'([^']*)'|"((?:\\.|[^"\\])*)"|\\(.)/g, (_, single?: string, double?: string, escaped?: string) => single ?? double?.replaceAll(/\\(["\\$`])/g, '$1') ?? escaped ?? ''));
  }
  return words;
}
