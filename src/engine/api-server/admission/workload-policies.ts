/** An organisation's own rules for workloads, as its policy engine would enforce them at admission. */
import type { Draft } from '../../apimachinery/json.ts';
import { refuse } from '../../apimachinery/status.ts';
import type { AdmissionPlugin } from './admission.ts';

export interface WorkloadPolicies {
  /** Names or prefixes (`shop*`). */
  readonly namespaces: readonly string[];
  readonly allowedRegistries: readonly string[];
}

/** A pod template inside an object, and where it lies there. */
interface Template {
  readonly metadata: Draft;
  readonly spec: Draft;
  readonly path: string;
  /** Rules for controllers are generated from the rule for pods. */
  readonly prefix: '' | 'autogen-' | 'autogen-cronjob-';
}

/** What breaks a policy: the rule's name, what it says, and where it failed. */
interface Breach {
  readonly rule: string;
  readonly message: string;
  readonly at: string;
}

type Policy = (template: Template, policies: WorkloadPolicies) => Breach | undefined;

const TEMPLATED = new Set(['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet', 'Job', 'ReplicationController']);

const containersOf = ({ spec }: Template): readonly [field: string, index: number, container: Draft][] =>
  (['initContainers', 'containers', 'ephemeralContainers'] as const).flatMap(field => ((spec[field] ?? []) as Draft[]).map((container, index) => [field, index, container] as [string, number, Draft]));

function tagOf(image: string): string | undefined {
  if (image.includes('@')) return '';
  return image.lastIndexOf(':') > image.lastIndexOf('/') ? image.slice(image.lastIndexOf(':') + 1) : undefined;
}

function registryOf(image: string): string {
  const first = image.split('/')[0]!;
  return image.includes('/') && (first.includes('.') || first.includes(':') || first === 'localhost') ? first : 'docker.io';
}

/** In the order in which a refusal lists them. Registries outside the list are refused, except Docker Hub, which is only audited. */
const POLICIES: readonly (readonly [name: string, policy: Policy])[] = [
  ['allowed-registries', (template, { allowedRegistries }) => {
    const found = containersOf(template).find(([, , { image = '' }]) => ![...allowedRegistries, 'docker.io'].includes(registryOf(image)));
    return found && { rule: 'validate-registries', message: 'Unknown image registry.', at: `spec/${found[0]}/${found[1]}/image/` };
  }],
  ['disallow-latest-tag', template => {
    for (const [field, index, { image = '' }] of containersOf(template)) {
      const at = `spec/${field}/${index}/image/`;
      const tag = tagOf(image);
      if (tag === undefined) return { rule: 'require-image-tag', message: 'An image tag is required.', at };
      if (tag === 'latest') return { rule: 'validate-image-tag', message: "Using a mutable image tag e.g. 'latest' is not allowed.", at };
    }
    return undefined;
  }],
  ['require-requests-limits', template => {
    for (const [field, index, { resources }] of containersOf(template)) {
      if (field === 'ephemeralContainers') continue;
      const missing = (['limits/memory', 'requests/cpu', 'requests/memory'] as const).find(path => {
        const [kind = '', name = ''] = path.split('/');
        return resources?.[kind]?.[name] === undefined;
      });
      if (missing) return { rule: 'validate-resources', message: 'CPU and memory resource requests and memory limits are required for containers.', at: `spec/${field}/${index}/resources/${missing}/` };
    }
    return undefined;
  }],
  ['require-run-as-nonroot', template => {
    const pod: Draft = template.spec.securityContext ?? {};
    const found = containersOf(template).find(([, , { securityContext = {} }]) => {
      const says = securityContext.runAsNonRoot ?? pod.runAsNonRoot;
      return says !== true || (securityContext.runAsUser ?? pod.runAsUser) === 0;
    });
    return found && {
      rule: 'run-as-non-root', at: `spec/${found[0]}/${found[1]}/securityContext/runAsNonRoot/`,
      message: 'Running as root is not allowed. runAsNonRoot must be true for the pod or for each of its containers, and runAsUser must not be 0.',
    };
  }],
  ['require-team-label', ({ metadata }) => (metadata.labels?.team ? undefined : { rule: 'check-for-labels', message: 'The label `team` is required.', at: 'metadata/labels/team/' })],
];

/**
 * Refuses workloads that break a policy, in the words of Kyverno's admission webhook.
 *
 * An object that broke a policy before it came into force may still be changed in other ways: only a new object or a
 * changed template is looked at, as the webhook's match conditions say.
 */
export function workloadPolicies(policies: WorkloadPolicies): AdmissionPlugin {
  const applies = (namespace: string): boolean =>
    policies.namespaces.some(name => (name.endsWith('*') ? namespace.startsWith(name.slice(0, -1)) : name === namespace));
  return {
    name: 'ValidatingAdmissionWebhook',
    validate({ resource, object, before }) {
      const namespace: string = object.metadata.namespace ?? '';
      if (!applies(namespace)) return undefined;
      const template = templateOf(resource.kind, object);
      if (!template) return undefined;
      if (before && resource.kind === 'Pod' && before['spec'] === object.spec) return undefined;
      const old = before && templateOf(resource.kind, before as Draft);
      if (old && JSON.stringify([old.metadata.labels, old.spec]) === JSON.stringify([template.metadata.labels, template.spec])) return undefined;
      const breaches = POLICIES.flatMap(([name, policy]) => {
        const breach = policy(template, policies);
        return breach ? [`${name}:\n  ${template.prefix}${breach.rule}: '${quoted(`validation error: ${breach.message} rule ${template.prefix}${breach.rule} failed at path /${template.path}${breach.at}`)}'\n`] : [];
      });
      if (breaches.length === 0) return undefined;
      const name = object.metadata.name ?? object.metadata.generateName ?? '';
      return refuse(400, 'BadRequest', `admission webhook "validate.kyverno.svc-fail" denied the request: \n\nresource ${resource.kind}/${namespace}/${name} was blocked due to the following policies \n\n${breaches.join('')}`);
    },
  };
}

/** Inside YAML's single quotes. */
const quoted = (text: string): string => text.replaceAll("'", "''");

function templateOf(kind: string, object: Draft): Template | undefined {
  if (kind === 'Pod') return { metadata: object.metadata, spec: object.spec, path: '', prefix: '' };
  const template = kind === 'CronJob' ? object.spec?.jobTemplate?.spec?.template : TEMPLATED.has(kind) ? object.spec?.template : undefined;
  if (!template) return undefined;
  const path = kind === 'CronJob' ? 'spec/jobTemplate/spec/template/' : 'spec/template/';
  return { metadata: template.metadata ?? {}, spec: template.spec ?? {}, path, prefix: kind === 'CronJob' ? 'autogen-cronjob-' : 'autogen-' };
}
