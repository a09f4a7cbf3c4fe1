import { assert } from '../kernel/assert.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { awsError, type AwsApi, type AwsCallRecord, type AwsClient, type AwsOperation, type AwsParameters, type AwsPrincipal, type AwsResult, type AwsService, type Authorizer } from './contract.ts';

/** How many calls are remembered at least. */
const TRAIL_LENGTH = 5_000;

/** What an action's prefix is where it is not the service's name. */
const ACTION_PREFIX: Partial<Record<AwsService, string>> = { elbv2: 'elasticloadbalancing', 'service-quotas': 'servicequotas' };

/** AWS: a registry of operations behind one door, judged by IAM and logged. */
export class AwsApiServer implements AwsApi {
  private readonly operations = new Map<string, AwsOperation>();
  private readonly records: AwsCallRecord[] = [];
  private readonly listeners: ((record: AwsCallRecord) => void)[] = [];

  constructor(private readonly kernel: Kernel, readonly accountId: string, readonly region: string, private readonly authorizer: Authorizer) {}

  get trail(): readonly AwsCallRecord[] {
    return this.records;
  }

  register(operations: readonly AwsOperation[]): void {
    for (const operation of operations) {
      const key = `${operation.service}:${operation.name}`;
      assert(!this.operations.has(key), `${key} is declared twice`);
      this.operations.set(key, operation);
    }
  }

  serves(service: AwsService, operation: string): boolean {
    return this.operations.has(`${service}:${operation}`);
  }

  operationsOf(service: AwsService): readonly string[] {
    return [...this.operations.values()].filter(operation => operation.service === service).map(({ name }) => name).sort();
  }

  onCall(listener: (record: AwsCallRecord) => void): void {
    this.listeners.push(listener);
  }

  as(principal: AwsPrincipal): AwsClient {
    return { call: (service, operation, parameters) => this.call(principal, service, operation, parameters) };
  }

  call<T = Record<string, any>>(principal: AwsPrincipal, service: AwsService, name: string, parameters: AwsParameters = {}): AwsResult<T> {
    const operation = this.operations.get(`${service}:${name}`);
    assert(operation, `${service}:${name} is not served`);
    const action = operation.action ?? `${ACTION_PREFIX[service] ?? service}:${name}`;
    const denied = principal.service || operation.unjudged ? undefined : this.refusal(principal, action, service, operation.resources?.(parameters) ?? ['*']);
    const result = denied ?? operation.run({ nowMs: this.kernel.nowMs, principal, accountId: this.accountId, region: this.region }, parameters);
    this.remember({
      atMs: this.kernel.nowMs, service, operation: name, principal, parameters, readOnly: /^(Describe|Get|List|Lookup|BatchGet|BatchCheck|Filter)/.test(name),
      ...(!result.ok && { error: result.error }), requestId: this.kernel.random.uuid(),
    });
    return result as AwsResult<T>;
  }

  private refusal(principal: AwsPrincipal, action: string, service: AwsService, resources: readonly string[]): AwsResult | undefined {
    for (const resource of resources) {
      const decision = this.authorizer.decide(principal, action, resource);
      if (decision === 'allowed') continue;
      const why = decision === 'explicit-deny' ? 'with an explicit deny in an identity-based policy' : decision === 'resource-deny' ? 'with an explicit deny in a resource-based policy' : `because no identity-based policy allows the ${action} action`;
      const on = resource === '*' && service === 'ec2' ? '' : ` on resource: ${resource}`;
      const message = `User: ${principal.arn} is not authorized to perform: ${action}${on} ${why}`;
      return service === 'ec2' ? awsError('UnauthorizedOperation', `You are not authorized to perform this operation. ${message}`, 403)
        : awsError(service === 'iam' || service === 'sts' || service === 'autoscaling' || service === 'elbv2' ? 'AccessDenied' : 'AccessDeniedException', message, 403);
    }
    return undefined;
  }

  private remember(record: AwsCallRecord): void {
    this.records.push(record);
    // In bulk: a shift of the whole trail at every call would cost more than the call.
    if (this.records.length >= TRAIL_LENGTH * 2) this.records.splice(0, this.records.length - TRAIL_LENGTH);
    if (!record.readOnly) this.kernel.trace.record(`aws call ${record.service}:${record.operation} ${record.error?.code ?? 'ok'}`);
    for (const listener of this.listeners) listener(record);
  }
}
