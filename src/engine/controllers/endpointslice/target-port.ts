import type { Pod, ServicePort } from 'kubernetes-types/core/v1.d.ts';

/** The number a Service port leads to in this pod; `undefined` when a named port is not declared there. */
export function containerPortNumber(pod: Pod, port: ServicePort): number | undefined {
  const target = port.targetPort ?? port.port;
  if (typeof target === 'number') return target;
  for (const container of pod.spec?.containers ?? []) {
    for (const declared of container.ports ?? []) {
      if (declared.name === target && (declared.protocol ?? 'TCP') === (port.protocol ?? 'TCP')) return declared.containerPort;
    }
  }
  return undefined;
}
