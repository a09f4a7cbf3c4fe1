import { IDLE_TIMEOUT_MS } from '../facts/elb.ts';
import { VPC_RESOLVER } from '../facts/network.ts';
import type { BalancerNetwork, BalancerNodes } from '../aws/elbv2/contract.ts';
import type { NetOutcome, OutgoingResponse } from './contract.ts';
import type { Network } from './network.ts';

const HEALTH_AGENT = { 'user-agent': 'ELB-HealthChecker/2.0', connection: 'close' };

/**
 * The machines of application load balancers in the network: one public address, one private address a zone. They answer for
 * targets as an ALB does: 502 when the target refuses or resets, 504 when it does not answer.
 */
export function balancerNetwork(network: Network): BalancerNetwork {
  return {
    open({ name, host, dnsName, address, port, nodes, decide }): BalancerNodes {
      const resolver = { nameservers: [VPC_RESOLVER], search: [], ndots: 1 };
      const open = (own: string, zone?: string) => network.createStack({ name: host, group: `alb/${name}`, kind: 'external', addresses: [own], ...(zone && { zone }), resolver });
      const door = open(address);
      const senders = nodes.length > 0 ? nodes.map(node => open(node.address, node.zone)) : [door];
      network.addName(host, [address]);
      network.addName(dnsName, [address]);
      let nextSender = 0;
      let nextProber = 0;
      door.listen(port, (request, respond) => {
        const decision = decide(request.path);
        if (decision.kind === 'fixed') {
          respond({ status: decision.status, body: decision.body });
          return;
        }
        const sender = senders[nextSender++ % senders.length]!;
        network.send(sender, {
          protocol: 'http', host: decision.address, port: decision.port, method: request.method, path: request.query ? `${request.path}?${request.query}` : request.path,
          headers: { ...request.headers, 'x-forwarded-for': request.clientAddress }, body: request.body, timeoutMs: IDLE_TIMEOUT_MS,
        }, outcome => respond(answerFor(outcome)), { routine: true });
      });
      return {
        probe({ timeoutMs, ...target }, finish) {
          const prober = senders[nextProber++ % senders.length]!;
          network.send(prober, { protocol: 'http', host: target.address, port: target.port, method: 'GET', path: target.path, headers: HEALTH_AGENT, timeoutMs }, outcome => {
            if (outcome.kind === 'response') finish({ kind: 'status', status: outcome.status });
            else finish({ kind: outcome.kind === 'timeout' || outcome.kind === 'no-answer' ? 'timeout' : 'failed' });
          }, { routine: true, uncounted: true });
        },
      };
    },
  };
}

function answerFor(outcome: NetOutcome): OutgoingResponse {
  switch (outcome.kind) {
    case 'response': return { status: outcome.status, headers: outcome.headers, body: outcome.body };
    case 'timeout': case 'no-answer': return { status: 504, body: page('504 Gateway Time-out') };
    default: return { status: 502, body: page('502 Bad Gateway') };
  }
}

const page = (title: string): string => `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n</body>\r\n</html>\r\n`;
