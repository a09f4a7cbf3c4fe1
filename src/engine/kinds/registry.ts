/** Every kind with behaviour of its own. A kind that is not named here is stored as it is sent. */
import type { KindDeclaration } from './kind.ts';
import { pod } from './pod.ts';
import { daemonSet, deployment, replicaSet, statefulSet } from './workload.ts';

const all: readonly KindDeclaration[] = [pod, deployment, replicaSet, statefulSet, daemonSet];

/** By `apiVersion/kind`. */
export const kindDeclarations: ReadonlyMap<string, KindDeclaration> =
  new Map(all.map(declaration => [`${declaration.apiVersion}/${declaration.kind}`, declaration]));
