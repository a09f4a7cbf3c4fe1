import type { AwsOperation } from '../contract.ts';
import type { Eks } from './eks.ts';
import { clusterOperations } from './cluster-operations.ts';
import { nodegroupOperations } from './nodegroup-operations.ts';

/** What `aws eks` can do here. */
export const eksOperations = (eks: Eks): AwsOperation[] => [...clusterOperations(eks), ...nodegroupOperations(eks)];
