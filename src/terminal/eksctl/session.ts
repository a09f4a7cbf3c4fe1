/** One run of eksctl: its flags, its log lines, and its ways to AWS and to the Kubernetes API. */
import type { AwsResult, AwsService } from '../../engine/aws/contract.ts';
import type { ApiResponse } from '../../engine/api-server/contract.ts';
import { calendarOf } from '../../engine/kernel/calendar.ts';
import type { Task } from '../../engine/kernel/task.ts';
import type { SystemProcess } from '../../engine/userland/contract.ts';
import { credentialsOf, readProfiles } from '../aws/config-files.ts';
import type { AwsTransport } from '../aws/contract.ts';
import type { Transport, TransportRequest } from '../contract.ts';
import { parseDuration } from '../kubectl/flags/duration.ts';
import { EksctlFailure, mustBeSet, type EksctlCommand } from './command.ts';
import type { ParsedFlags } from './flags.ts';

export interface EksctlSetup {
  readonly aws: AwsTransport;
  readonly kubernetes: Transport;
  /** `0.216.0`. */
  readonly version: string;
}

const two = (value: number): string => String(value).padStart(2, '0');

export interface ClusterView {
  readonly name: string;
  readonly version: string;
  readonly status: string;
  readonly endpoint: string;
  readonly arn: string;
  readonly createdAt?: string;
  readonly resourcesVpcConfig?: { readonly vpcId?: string; readonly subnetIds?: readonly string[]; readonly securityGroupIds?: readonly string[] };
}

export class EksctlSession {
  readonly region: string;
  private readonly accessKeyId: string;

  constructor(readonly process: SystemProcess, readonly setup: EksctlSetup, readonly command: EksctlCommand, private readonly flags: ParsedFlags) {
    const profiles = readProfiles(process);
    const env = (name: string): string | undefined => process.env.get(name) || undefined;
    const profile = this.given('profile') ?? env('AWS_PROFILE') ?? 'default';
    const settings = profiles.get(profile);
    if (!settings && profile !== 'default') throw new EksctlFailure(`failed to get shared config profile, ${profile}`);
    const credentials = credentialsOf(process, settings);
    if (!credentials) throw new EksctlFailure('checking AWS STS access – cannot get role ARN for current session: get identity: get credentials: failed to refresh cached credentials, no EC2 IMDS role found');
    this.accessKeyId = credentials.accessKeyId;
    const region = this.given('region') ?? env('AWS_REGION') ?? env('AWS_DEFAULT_REGION') ?? settings?.get('region');
    if (region === undefined) throw new EksctlFailure('AWS Region must be set, please set the AWS Region in AWS config file or as environment variable');
    if (region !== setup.aws.region) throw new EksctlFailure(`region ${region} is not modelled; everything is in ${setup.aws.region}`);
    this.region = region;
  }

  get args(): readonly string[] {
    return this.flags.args;
  }

  /** What a flag was set to on the line. */
  given(name: string): string | undefined {
    const value = this.flags.values.get(name);
    return typeof value === 'string' ? value : undefined;
  }

  /** A flag's value, or its default. */
  text(name: string): string {
    return this.given(name) ?? this.command.flags.find(flag => flag.name === name)?.fallback ?? '';
  }

  list(name: string): readonly string[] {
    const value = this.flags.values.get(name);
    return Array.isArray(value) ? value as readonly string[] : [];
  }

  bool(name: string): boolean {
    return /^(1|t|true)$/i.test(this.text(name));
  }

  durationMs(name: string): number {
    const parsed = parseDuration(this.text(name));
    return typeof parsed === 'number' ? parsed : 0;
  }

  /** A duration as Go prints it: `2m0s`. */
  durationText(name: string): string {
    const total = Math.round(this.durationMs(name) / 1000);
    const [hours, minutes, rest] = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60];
    return `${hours > 0 ? `${hours}h` : ''}${hours > 0 || minutes > 0 ? `${minutes}m` : ''}${rest}s`;
  }

  /** From the flag or the one argument. @throws EksctlFailure when it is missing or said twice */
  name(flag: string): string {
    const given = this.given(flag) ?? '';
    const [argument = ''] = this.args;
    if (given !== '' && argument !== '') throw new EksctlFailure(`--${flag}=${given} and argument ${argument} cannot be used at the same time`);
    if (given === '' && argument === '') throw mustBeSet(`--${flag}`);
    return given || argument;
  }

  clusterFlag(): string {
    const cluster = this.given('cluster') ?? '';
    if (cluster === '') throw mustBeSet('--cluster');
    return cluster;
  }

  *out(text: string): Task<void> {
    yield* this.process.write(1, text);
  }

  *info(text: string): Task<void> { yield* this.log('ℹ', text); }
  *success(text: string): Task<void> { yield* this.log('✔', text); }
  *warning(text: string): Task<void> { yield* this.log('!', text); }

  private *log(sign: string, text: string): Task<void> {
    const t = calendarOf(this.process.kernel.nowMs);
    // With a machine-readable output, log lines leave standard output to it.
    const fd = ['json', 'yaml'].includes(this.text('output')) ? 2 : 1;
    yield* this.process.write(fd, `${t.year}-${two(t.month)}-${two(t.day)} ${two(t.hour)}:${two(t.minute)}:${two(t.second)} [${sign}]  ${text}\n`);
  }

  *try(service: AwsService, operation: string, parameters: Record<string, unknown>): Task<AwsResult> {
    if (!this.setup.aws.served(service).includes(operation)) throw new EksctlFailure(`${service}:${operation} is not modelled; aws ${service} help lists what is`);
    return yield* this.setup.aws.send({ service, operation, parameters, region: this.region, accessKeyId: this.accessKeyId });
  }

  /** @throws EksctlFailure in the words of the AWS SDK for Go */
  *call<T = any>(service: AwsService, operation: string, parameters: Record<string, unknown>): Task<T> {
    const answer = yield* this.try(service, operation, parameters);
    if (!answer.ok) throw new EksctlFailure(this.sdkError(service, operation, answer.error));
    return answer.value as T;
  }

  sdkError(service: AwsService, operation: string, error: { readonly code: string; readonly message: string; readonly status: number }): string {
    return `operation error ${service.toUpperCase()}: ${operation}, https response error StatusCode: ${error.status}, RequestID: ${this.process.kernel.random.uuid()}, ${error.code}: ${error.message}`;
  }

  /** What every command on a cluster does first. */
  *cluster(name: string): Task<ClusterView> {
    const answer = yield* this.try('eks', 'DescribeCluster', { name });
    if (!answer.ok) throw new EksctlFailure(`unable to describe cluster control plane: ${this.sdkError('eks', 'DescribeCluster', answer.error)}`);
    return answer.value.cluster as ClusterView;
  }

  /** @throws EksctlFailure when nobody answers; refusals are the caller's business */
  *kubernetes(cluster: ClusterView, method: TransportRequest['method'], path: string, body?: unknown, more: { query?: Record<string, string>; type?: string } = {}): Task<ApiResponse> {
    const response = yield* this.setup.kubernetes.send({
      server: cluster.endpoint, credentials: {}, method, path, ...(more.query && { query: more.query }), ...(body !== undefined && { body }),
      headers: { accept: 'application/json', 'user-agent': `eksctl/${this.setup.version}`, ...(body !== undefined && { 'content-type': more.type ?? 'application/json' }) },
    });
    if ('failure' in response) throw new EksctlFailure(`unable to reach the Kubernetes API: ${response.message}`);
    return response;
  }
}
