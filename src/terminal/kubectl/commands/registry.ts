/** Every command there is, one line each. */
import type { Command } from '../command.ts';
import { apply } from './apply.ts';
import { setLastApplied, viewLastApplied } from './apply-last-applied.ts';
import { configCommands } from './config.ts';
import { describe } from './describe.ts';
import { authCommands } from './auth.ts';
import { autoscale } from './autoscale.ts';
import { informative } from './cluster-info.ts';
import { discoveryCommands } from './api-resources.ts';
import { diff } from './diff.ts';
import { edit } from './edit.ts';
import { explain } from './explain.ts';
import { kustomize } from './kustomize.ts';
import { events } from './events.ts';
import { nodeCommands } from './node.ts';
import { rolloutCommands } from './rollout.ts';
import { setCommands } from './set.ts';
import { topCommands } from './top.ts';
import { debug } from './debug.ts';
import { unmodelled } from './unmodelled.ts';
import { wait } from './wait.ts';
import { create } from './create.ts';
import { createConfigMap, createSecretDockerRegistry, createSecretGeneric, createSecretTls } from './create-data.ts';
import { createSmall } from './create-policy.ts';
import { createRbac } from './create-rbac.ts';
import { createServices } from './create-service.ts';
import { createCronJob, createDeployment, createJob } from './create-workload.ts';
import { del } from './delete.ts';
import { attach, exec } from './exec.ts';
import { expose } from './expose.ts';
import { get } from './get.ts';
import { annotate, label } from './label.ts';
import { logs } from './logs.ts';
import { patch } from './patch.ts';
import { replace } from './replace.ts';
import { run } from './run.ts';
import { scale } from './scale.ts';
import { version } from './version.ts';

const all: readonly Command[] = [
  apply, viewLastApplied, setLastApplied, ...configCommands,
  describe, create, createConfigMap, createSecretGeneric, createSecretTls, createSecretDockerRegistry, ...createSmall, ...createRbac, ...createServices,
  createDeployment, createJob, createCronJob, del, attach, exec, expose, get, annotate, label, logs, patch, replace, run, scale, version,
  ...authCommands, autoscale, ...informative, ...discoveryCommands, events, ...nodeCommands, ...rolloutCommands, ...setCommands, ...topCommands, wait,
  debug, diff, edit, explain, kustomize, ...unmodelled,
];

export const commands: ReadonlyMap<string, Command> = new Map(all.map(command => [command.path, command]));
