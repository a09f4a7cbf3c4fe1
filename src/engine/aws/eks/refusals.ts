/** EKS's refusals: codes of the service model, texts of public transcripts. */
import { TEXT } from '../../facts/eks.ts';
import { awsError } from '../contract.ts';
import type { EksCluster, Nodegroup } from './contract.ts';
import type { Eks } from './eks.ts';

export const notFound = (message: string) => awsError('ResourceNotFoundException', message, 404);
export const inUse = (message: string) => awsError('ResourceInUseException', message, 409);
export const invalidParameter = (message: string) => awsError('InvalidParameterException', message, 400);
export const invalidRequest = (message: string) => awsError('InvalidRequestException', message, 400);

type Found<T> = { readonly ok: true; readonly value: T } | ReturnType<typeof awsError>;

/** The cluster a call names. */
export function clusterNamed(eks: Eks, name: unknown): Found<EksCluster> {
  const cluster = eks.clusters.get(String(name));
  return cluster ? { ok: true, value: cluster } : notFound(TEXT.noCluster(String(name)));
}

/** The node group a call names, of the cluster it names. */
export function nodegroupNamed(eks: Eks, clusterName: unknown, name: unknown): Found<Nodegroup> {
  const cluster = clusterNamed(eks, clusterName);
  if (!cluster.ok) return cluster;
  const nodegroup = eks.nodegroups.table.get(String(name));
  return nodegroup ? { ok: true, value: nodegroup } : notFound(TEXT.noNodegroup(String(name)));
}
