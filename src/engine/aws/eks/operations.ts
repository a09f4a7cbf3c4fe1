import type { AwsOperation } from '../contract.ts';
import { addonOperations } from './addon-operations.ts';
import { clusterOperations } from './cluster-operations.ts';
import type { Eks } from './eks.ts';
import { insightOperations } from './insight-operations.ts';
import { nodegroupOperations } from './nodegroup-operations.ts';

/** What `aws eks` can do here. */
export const eksOperations = (eks: Eks): AwsOperation[] => [...clusterOperations(eks), ...nodegroupOperations(eks), ...addonOperations(eks), ...insightOperations(eks)];
