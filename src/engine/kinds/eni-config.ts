import { ageColumn, nameColumn } from './columns.ts';
import { defineKind } from './kind.ts';

/**
 * Where the VPC CNI puts a node's further interfaces with custom networking: a subnet and security groups. The real definition keeps
 * whatever is in its spec (`x-kubernetes-preserve-unknown-fields`), so nothing is checked here. Source: config/master/crd.
 */
export const eniConfig = defineKind({ kind: 'ENIConfig', apiVersion: 'crd.k8s.amazonaws.com/v1alpha1', generation: true, columns: [nameColumn, ageColumn] });
