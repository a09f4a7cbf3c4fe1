/** What is checked of a container. */
import { forbidden, invalid, notFound, required, type FieldProblem } from '../apimachinery/field-problem.ts';
import type { Draft } from '../apimachinery/json.ts';
import { dnsLabelProblems } from '../apimachinery/names.ts';
import { configKeyProblems, nonNegative, oneOf, oneOfOrNone, portNameProblems, portNumber, portReference, resourceRequirements } from './field-checks.ts';
import { containerContextProblems } from './security-context-validation.ts';

const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'];
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];

/** Whether a text can be a variable's name: anything printable but `=`. */
function envNameProblems(name: string): string[] {
  const problems: string[] = [];
  if (!/^[ -<>-~]+$/.test(name)) problems.push("a valid environment variable name must consist only of printable ASCII characters other than '='");
  return problems;
}

function envProblems(env: readonly Draft[], field: string): FieldProblem[] {
  return env.flatMap((each, i) => {
    const at = `${field}[${i}]`;
    const problems: FieldProblem[] = [];
    if (!each.name) problems.push(required(`${at}.name`));
    else for (const problem of envNameProblems(each.name)) problems.push(invalid(`${at}.name`, each.name, problem));
    const source: Draft | undefined = each.valueFrom;
    if (!source) return problems;
    const kinds = ['fieldRef', 'resourceFieldRef', 'configMapKeyRef', 'secretKeyRef', 'fileKeyRef'].filter(key => source[key]);
    if (source.fieldRef) {
      if (!source.fieldRef.fieldPath) problems.push(required(`${at}.valueFrom.fieldRef.fieldPath`));
    }
    for (const key of ['configMapKeyRef', 'secretKeyRef']) {
      const reference: Draft | undefined = source[key];
      if (!reference) continue;
      if (!reference.name) problems.push(required(`${at}.valueFrom.${key}.name`));
      if (!reference.key) problems.push(required(`${at}.valueFrom.${key}.key`));
      else for (const problem of configKeyProblems(reference.key)) problems.push(invalid(`${at}.valueFrom.${key}.key`, reference.key, problem));
    }
    if (kinds.length === 0) problems.push(invalid(`${at}.valueFrom`, '', 'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`'));
    else if (each.value) problems.push(invalid(`${at}.valueFrom`, '', 'may not be specified when `value` is not empty'));
    else if (kinds.length > 1) problems.push(invalid(`${at}.valueFrom`, '', 'may not have more than one field specified at a time'));
    return problems;
  });
}

function envFromProblems(sources: readonly Draft[], field: string): FieldProblem[] {
  return sources.flatMap((source, i) => {
    const at = `${field}[${i}]`;
    const problems: FieldProblem[] = [];
    if (source.prefix) for (const problem of envNameProblems(source.prefix)) problems.push(invalid(`${at}.prefix`, source.prefix, problem));
    const kinds = ['configMapRef', 'secretRef'].filter(key => source[key]);
    for (const key of kinds) if (!source[key].name) problems.push(required(`${at}.${key}.name`));
    if (kinds.length === 0) problems.push(invalid(field, '', 'must specify one of: `configMapRef` or `secretRef`'));
    else if (kinds.length > 1) problems.push(invalid(field, '', 'may not have more than one field specified at a time'));
    return problems;
  });
}

function portProblems(ports: readonly Draft[], field: string): FieldProblem[] {
  const names = new Set<string>();
  return ports.flatMap((port, i) => {
    const at = `${field}[${i}]`;
    const problems: FieldProblem[] = [];
    if (port.name) {
      const wrong = portNameProblems(port.name);
      for (const problem of wrong) problems.push(invalid(`${at}.name`, port.name, problem));
      if (wrong.length === 0) {
        if (names.has(port.name)) problems.push({ type: 'Duplicate', field: `${at}.name`, message: `Duplicate value: ${JSON.stringify(port.name)}` });
        names.add(port.name);
      }
    }
    if (!port.containerPort) problems.push(required(`${at}.containerPort`));
    else problems.push(...portNumber(port.containerPort, `${at}.containerPort`));
    if (port.hostPort) problems.push(...portNumber(port.hostPort, `${at}.hostPort`));
    if (!port.protocol) problems.push(required(`${at}.protocol`));
    else problems.push(...oneOf(port.protocol, `${at}.protocol`, PROTOCOLS));
    return problems;
  });
}

const HANDLERS = ['exec', 'httpGet', 'tcpSocket', 'grpc', 'sleep'];

function handlerProblems(handler: Draft, field: string): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const present = HANDLERS.filter(key => handler[key]);
  present.forEach((key, i) => {
    const at = `${field}.${key}`;
    if (i > 0) {
      problems.push(forbidden(at, 'may not specify more than 1 handler type'));
      return;
    }
    const action: Draft = handler[key];
    switch (key) {
      case 'exec': if (!action.command?.length) problems.push(required(`${at}.command`)); break;
      case 'httpGet':
        if (!action.path) problems.push(required(`${at}.path`));
        problems.push(...portReference(action.port ?? 0, `${at}.port`), ...oneOf(action.scheme, `${at}.scheme`, ['HTTP', 'HTTPS']));
        ((action.httpHeaders ?? []) as Draft[]).forEach(header => {
          if (!/^[-A-Za-z0-9]+$/.test(header.name ?? '')) problems.push(invalid(`${at}.httpHeaders`, header.name ?? '', "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')"));
        });
        break;
      case 'tcpSocket': problems.push(...portReference(action.port ?? 0, `${at}.port`)); break;
      case 'grpc': problems.push(...portNumber(action.port ?? 0, `${at}.port`)); break;
    }
  });
  if (present.length === 0) problems.push(required(field, 'must specify a handler type'));
  return problems;
}

function probeProblems(probe: Draft | undefined, field: string, isReadiness: boolean): FieldProblem[] {
  if (!probe) return [];
  const problems = handlerProblems(probe, field);
  for (const key of ['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold']) problems.push(...nonNegative(probe[key], `${field}.${key}`));
  if (probe.terminationGracePeriodSeconds !== undefined) {
    if (isReadiness) problems.push(invalid(`${field}.terminationGracePeriodSeconds`, probe.terminationGracePeriodSeconds, 'must not be set for readinessProbes'));
    else if (probe.terminationGracePeriodSeconds <= 0) problems.push(invalid(`${field}.terminationGracePeriodSeconds`, probe.terminationGracePeriodSeconds, 'must be greater than 0'));
  }
  if (!isReadiness && probe.successThreshold !== 1) problems.push(invalid(`${field}.successThreshold`, probe.successThreshold, 'must be 1'));
  return problems;
}

function mountProblems(mounts: readonly Draft[], field: string, volumes: ReadonlyMap<string, Draft>): FieldProblem[] {
  const paths = new Set<string>();
  return mounts.flatMap((mount, i) => {
    const at = `${field}[${i}]`;
    const problems: FieldProblem[] = [];
    if (!mount.name) problems.push(required(`${at}.name`));
    if (!volumes.has(mount.name)) problems.push(notFound(`${at}.name`, mount.name ?? ''));
    if (!mount.mountPath) problems.push(required(`${at}.mountPath`));
    if (paths.has(mount.mountPath ?? '')) problems.push(invalid(`${at}.mountPath`, mount.mountPath ?? '', 'must be unique'));
    paths.add(mount.mountPath ?? '');
    if (mount.subPath) problems.push(...relativePath(mount.subPath, `${at}.subPath`));
    if (mount.subPathExpr) {
      if (mount.subPath) problems.push(invalid(`${at}.subPathExpr`, mount.subPathExpr, 'subPathExpr and subPath are mutually exclusive'));
      problems.push(...relativePath(mount.subPathExpr, `${at}.subPathExpr`));
    }
    problems.push(...oneOfOrNone(mount.mountPropagation, `${at}.mountPropagation`, ['Bidirectional', 'HostToContainer', 'None']));
    return problems;
  });
}

/** A path that stays below where it starts. */
export function relativePath(path: string, field: string): FieldProblem[] {
  const problems: FieldProblem[] = [];
  if (path.startsWith('/')) problems.push(invalid(field, path, 'must be a relative path'));
  if (path.split('/').includes('..')) problems.push(invalid(field, path, "must not contain '..'"));
  return problems;
}

function lifecycleProblems(lifecycle: Draft | undefined, field: string): FieldProblem[] {
  if (!lifecycle) return [];
  return ['postStart', 'preStop'].flatMap(key => (lifecycle[key] ? handlerProblems(lifecycle[key], `${field}.${key}`) : []));
}

/** @param kind `init` containers may not have probes unless they keep running */
export function containerProblems(containers: readonly Draft[], field: string, volumes: ReadonlyMap<string, Draft>, kind: 'init' | 'main'): FieldProblem[] {
  const seen = new Set<string>();
  return containers.flatMap((container, i) => {
    const at = `${field}[${i}]`;
    const problems: FieldProblem[] = [];
    const { name = '' } = container;
    if (name === '') problems.push(required(`${at}.name`));
    else for (const problem of dnsLabelProblems(name)) problems.push(invalid(`${at}.name`, name, problem));
    if (name !== '' && seen.has(name)) problems.push({ type: 'Duplicate', field: `${at}.name`, message: `Duplicate value: ${JSON.stringify(name)}` });
    seen.add(name);
    if (!container.image) problems.push(required(`${at}.image`));
    else if (container.image.trim() !== container.image) problems.push(invalid(`${at}.image`, container.image, 'must not have leading or trailing whitespace'));
    problems.push(
      ...oneOf(container.terminationMessagePolicy, `${at}.terminationMessagePolicy`, ['File', 'FallbackToLogsOnError']),
      ...portProblems(container.ports ?? [], `${at}.ports`),
      ...envProblems(container.env ?? [], `${at}.env`),
      ...envFromProblems(container.envFrom ?? [], `${at}.envFrom`),
      ...mountProblems(container.volumeMounts ?? [], `${at}.volumeMounts`, volumes),
    );
    if (container.imagePullPolicy !== undefined || container.image) problems.push(...oneOf(container.imagePullPolicy, `${at}.imagePullPolicy`, PULL_POLICIES));
    problems.push(...resourceRequirements(container.resources, `${at}.resources`));
    problems.push(...containerContextProblems(container.securityContext, `${at}.securityContext`));
    const keepsRunning = kind === 'main' || container.restartPolicy === 'Always';
    if (kind === 'init') problems.push(...oneOfOrNone(container.restartPolicy, `${at}.restartPolicy`, ['Always', 'Never', 'OnFailure']));
    else problems.push(...oneOfOrNone(container.restartPolicy, `${at}.restartPolicy`, ['Always', 'Never', 'OnFailure']));
    if (keepsRunning) {
      problems.push(...lifecycleProblems(container.lifecycle, `${at}.lifecycle`));
      problems.push(...probeProblems(container.livenessProbe, `${at}.livenessProbe`, false), ...probeProblems(container.readinessProbe, `${at}.readinessProbe`, true), ...probeProblems(container.startupProbe, `${at}.startupProbe`, false));
    } else {
      if (container.lifecycle) problems.push(forbidden(`${at}.lifecycle`, 'may not be set for init containers without restartPolicy=Always'));
      for (const key of ['livenessProbe', 'readinessProbe', 'startupProbe']) if (container[key]) problems.push(forbidden(`${at}.${key}`, 'may not be set for init containers without restartPolicy=Always'));
    }
    return problems;
  });
}
