import { refuse } from '../../apimachinery/status.ts';
import type { AdmissionPlugin } from '../../api-server/admission/admission.ts';
import { GATE_PREFIX, type LoadBalancerController } from './controller.ts';

const LABEL = 'elbv2.k8s.aws/pod-readiness-gate-inject';
const UNREACHABLE = 'failed calling webhook "mpod.elbv2.k8s.aws": failed to call webhook: Post "https://aws-load-balancer-webhook-service.kube-system.svc:443/mutate-v1-pod?timeout=10s": no endpoints available for service "aws-load-balancer-webhook-service"';

/**
 * In namespaces with the label, a new pod that a target group's Service selects gets the gate that waits for its target.
 * Source: LBC docs/deploy/pod_readiness_gate.md, pkg/inject/pod_readiness.go.
 */
export function readinessGateWebhook(controller: () => LoadBalancerController | undefined): AdmissionPlugin {
  return {
    name: 'mpod.elbv2.k8s.aws',
    mutate({ resource, object, before }, { store }) {
      if (resource.storage !== '/pods' || before) return undefined;
      const namespace = object.metadata.namespace ?? '';
      if (store.collection('/namespaces').get('', namespace)?.metadata.labels?.[LABEL] !== 'enabled') return undefined;
      const running = controller();
      if (!running) return undefined;
      if (!running.works()) return refuse(500, 'InternalError', `Internal error occurred: ${UNREACHABLE}`, { causes: [{ message: UNREACHABLE }] });
      const gates = running.bindingsOf(namespace, object.metadata.labels ?? {}).map(({ name }) => ({ conditionType: `${GATE_PREFIX}${name}` }));
      const known: { conditionType: string }[] = object.spec.readinessGates ?? [];
      const added = gates.filter(({ conditionType }) => !known.some(gate => gate.conditionType === conditionType));
      if (added.length > 0) object.spec.readinessGates = [...known, ...added];
      return undefined;
    },
  };
}
