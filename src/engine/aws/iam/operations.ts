import type { AwsOperation } from '../contract.ts';
import type { Iam } from './iam.ts';
import { policyOperations } from './policy-operations.ts';
import { profileOperations } from './profile-operations.ts';
import { roleOperations } from './role-operations.ts';
import { simulateOperation } from './simulate.ts';

/** What `aws iam` can do here. */
export const iamOperations = (iam: Iam): AwsOperation[] => [...roleOperations(iam), ...policyOperations(iam), ...profileOperations(iam), simulateOperation(iam)];
