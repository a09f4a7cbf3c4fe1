/** One run of `aws`: who calls, in which region, with which settings, and the way to AWS. */
import { FileError, type SystemProcess } from '../../engine/userland/contract.ts';
import { resolvePath } from '../../engine/userland/index.ts';
import type { AwsResult, AwsService } from '../../engine/aws/contract.ts';
import type { Task } from '../../engine/kernel/task.ts';
import { credentialsOf, readProfiles, type Profiles } from './config-files.ts';
import type { AwsTransport } from './contract.ts';
import { AwsFailure, EXIT, notModelled, parameterFailure } from './failure.ts';
import { OUTPUT_FORMATS, type Globals, type OutputFormat } from './line/global-options.ts';
import type { Parameters } from './line/operation-options.ts';

/** Where a table must fit when standard output is no terminal. */
const DEFAULT_COLUMNS = 80;
/** Services that answer the same in every region. */
const GLOBAL_SERVICES: ReadonlySet<AwsService> = new Set(['iam', 'sts']);
const REGIONS = /^(us|eu|ap|sa|ca|me|af|il|mx)-(north|south|east|west|central|northeast|northwest|southeast|southwest)-\d$/;

export class AwsSession {
  readonly profiles: Profiles;

  constructor(readonly process: SystemProcess, readonly transport: AwsTransport, readonly globals: Globals) {
    this.profiles = readProfiles(process);
    const { profile } = this;
    if (profile !== 'default' && !this.profiles.has(profile)) throw new AwsFailure(`The config profile (${profile}) could not be found`);
  }

  get profile(): string {
    return this.globals.profile ?? this.env('AWS_PROFILE') ?? this.env('AWS_DEFAULT_PROFILE') ?? 'default';
  }

  /** The profile a learner named, if any. */
  get chosenProfile(): string | undefined {
    return this.globals.profile ?? this.env('AWS_PROFILE') ?? this.env('AWS_DEFAULT_PROFILE');
  }

  setting(name: string): string | undefined {
    return this.profiles.get(this.profile)?.get(name);
  }

  get region(): string | undefined {
    return this.globals.region ?? this.env('AWS_REGION') ?? this.env('AWS_DEFAULT_REGION') ?? this.setting('region');
  }

  /** @throws AwsFailure for a format nobody knows */
  get output(): OutputFormat {
    const named = this.globals.output ?? this.env('AWS_DEFAULT_OUTPUT') ?? this.setting('output') ?? 'json';
    if (!OUTPUT_FORMATS.includes(named as OutputFormat)) throw new AwsFailure(`Unknown output type: ${named}`);
    return named as OutputFormat;
  }

  get columns(): number {
    return this.process.descriptors.get(1)?.terminal?.columns || DEFAULT_COLUMNS;
  }

  env(name: string): string | undefined {
    return this.process.env.get(name) || undefined;
  }

  *out(text: string): Task<void> {
    yield* this.process.write(1, text);
  }

  *err(text: string): Task<void> {
    yield* this.process.write(2, text);
  }

  path(word: string): string {
    const home = this.env('HOME') ?? '/root';
    return resolvePath(this.process.cwd, word === '~' || word.startsWith('~/') ? home + word.slice(1) : word);
  }

  /** The text of `file://…`. @throws AwsFailure when it cannot be read */
  readonly readFile = (uri: string, option: string): string => {
    const name = uri.replace(/^fileb?:\/\//, '').replace(/\$(?:\{(\w+)\}|(\w+))/g, (whole, braced?: string, bare?: string) => this.env(braced ?? bare ?? '') ?? whole);
    try {
      return this.process.system.files.read(this.path(name), this.process);
    } catch (failure) {
      if (!(failure instanceof FileError)) throw failure;
      throw parameterFailure(`Error parsing parameter '${option}': Unable to load paramfile ${uri}: ${pythonOsError(failure, name)}`);
    }
  };

  /** @throws AwsFailure without a region, without credentials, and for what is not modelled */
  *call(service: AwsService, operation: string, parameters: Parameters): Task<AwsResult> {
    const region = this.region ?? (service === 'iam' ? this.transport.region : undefined);
    if (region === undefined) throw new AwsFailure('You must specify a region. You can also configure your region by running "aws configure".', EXIT.configuration);
    const credentials = credentialsOf(this.process, this.profiles.get(this.profile));
    if (!credentials) {
      if (this.setting('role_arn') !== undefined) throw notModelled(`a profile with role_arn (${this.profile})`, 'aws sts assume-role shows whether the role may be assumed');
      throw new AwsFailure('Unable to locate credentials. You can configure credentials by running "aws configure".', EXIT.configuration);
    }
    if (!this.transport.served(service).includes(operation)) throw unserved(service, operation, this.transport);
    if (region !== this.transport.region && !GLOBAL_SERVICES.has(service)) {
      if (!REGIONS.test(region)) throw new AwsFailure(`Could not connect to the endpoint URL: "https://${service}.${region}.amazonaws.com/"`);
      throw notModelled(`region ${region}`, `everything is in ${this.transport.region}`);
    }
    return yield* this.transport.send({ service, operation, parameters, region, accessKeyId: credentials.accessKeyId });
  }
}

const OS_ERRORS: Readonly<Record<string, string>> = {
  ENOENT: '[Errno 2] No such file or directory', EACCES: '[Errno 13] Permission denied', EISDIR: '[Errno 21] Is a directory', ENOTDIR: '[Errno 20] Not a directory',
};

export const pythonOsError = (failure: FileError, name: string): string => `${OS_ERRORS[failure.code] ?? failure.code}: '${name}'`;

/** Names the served operation that is most like the one asked for. */
export function unserved(service: AwsService, operation: string, transport: AwsTransport): AwsFailure {
  const words = (name: string): string[] => name.split(/(?=[A-Z])/).map(word => word.replace(/s$/, ''));
  const asked = words(operation);
  const score = (name: string): number => {
    const offered = words(name);
    return asked.filter((word, at) => offered.includes(word) && at > 0).length * 2 + (offered[0] === asked[0] ? 1 : 0) - offered.length / 100;
  };
  const served = [...transport.served(service)].sort((a, b) => score(b) - score(a));
  const kebabbed = (name: string): string => name.replace(/([a-z0-9])([A-Z])/g, '$1-$2').replace(/([A-Z]+)([A-Z][a-z])/g, '$1-$2').toLowerCase();
  const nearest = served.length === 0 ? 'aws sts get-caller-identity is the nearest call that is' : `the nearest call that is: aws ${service} ${kebabbed(served[0]!)}`;
  return notModelled(`aws ${service} ${kebabbed(operation)}`, nearest);
}
