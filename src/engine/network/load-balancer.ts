import type { NetOutcome, OutgoingResponse } from './contract.ts';
import type { Network } from './network.ts';
import type { Stack } from './stack.ts';

/** A front door outside the cluster: paths of one host name lead to Services, pod by pod (ip targets). */
export interface LoadBalancerSpec {
  readonly name: string;
  readonly host: string;
  readonly address: string;
  readonly routes: readonly { readonly pathPrefix: string; readonly service: string; readonly port: number }[];
}

/** ALB: idle timeout of a request to a target. */
const IDLE_TIMEOUT_MS = 60_000;

/**
 * An application load balancer in front of pods. It answers for its targets as an ALB does: 503 without a target, 502
 * when the target refuses or resets, 504 when it does not answer.
 */
export function openLoadBalancer(network: Network, spec: LoadBalancerSpec): Stack {
  const stack = network.createStack({
    name: spec.host, group: `alb/${spec.name}`, kind: 'external', addresses: [spec.address],
    resolver: { nameservers: ['10.20.0.2'], search: [], ndots: 1 },
  });
  network.addName(spec.host, [spec.address]);
  const longestFirst = [...spec.routes].sort((a, b) => b.pathPrefix.length - a.pathPrefix.length);
  stack.listen(80, (request, respond) => {
    const route = longestFirst.find(entry => request.path.startsWith(entry.pathPrefix));
    if (!route) {
      respond({ status: 404, body: '' });
      return;
    }
    const targets = network.services.targetsOf(route.service, route.port);
    if (targets.length === 0) {
      respond({ status: 503, body: '<html>\r\n<head><title>503 Service Temporarily Unavailable</title></head>\r\n</html>\r\n' });
      return;
    }
    const target = network.kernel.random.pick(targets);
    network.send(stack, {
      protocol: 'http', host: target.address, port: target.port, method: request.method, path: request.query ? `${request.path}?${request.query}` : request.path,
      headers: { ...request.headers, 'x-forwarded-for': request.clientAddress }, body: request.body, timeoutMs: IDLE_TIMEOUT_MS,
    }, outcome => respond(answerFor(outcome)), { routine: true });
  });
  return stack;
}

function answerFor(outcome: NetOutcome): OutgoingResponse {
  switch (outcome.kind) {
    case 'response': return { status: outcome.status, headers: outcome.headers, body: outcome.body };
    case 'timeout': case 'no-answer': return { status: 504, body: '' };
    default: return { status: 502, body: '' };
  }
}
