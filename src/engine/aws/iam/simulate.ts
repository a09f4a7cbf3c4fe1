import { awsError, type AwsOperation, type AwsResult } from '../contract.ts';
import { readDocument, statementsOf } from './documents.ts';
import type { Iam } from './iam.ts';
import { applies, verdictOf, type PolicyDocument } from './policy.ts';

/** `aws iam simulate-principal-policy`: what a role's policies say about actions, without anything happening. */
export function simulateOperation(iam: Iam): AwsOperation {
  return {
    service: 'iam', name: 'SimulatePrincipalPolicy', resources: ({ PolicySourceArn }) => [String(PolicySourceArn)],
    run: (_call, parameters): AwsResult => {
      const { PolicySourceArn, ActionNames, ResourceArns = ['*'], PolicyInputList = [], ContextEntries = [] } = parameters as Record<string, any>;
      const role = iam.roles.list().find(entry => iam.roleArn(entry) === PolicySourceArn);
      if (!role) return awsError('NoSuchEntity', `The role with name ${String(PolicySourceArn).split('/').at(-1)} cannot be found.`, 404);
      const sources: { readonly id: string; readonly document: PolicyDocument }[] = iam.documentsOf(role).map(({ name, arn, document }) => ({ id: arn ? name : `role_${role.roleName}_${name}`, document }));
      for (const [index, text] of (PolicyInputList as unknown[]).entries()) {
        const read = readDocument(text, 'identity');
        if (!read.ok) return awsError('InvalidInput', 'Invalid Policy Input.', 400);
        sources.push({ id: `PolicyInputList.${index + 1}`, document: read.document });
      }
      const context = Object.fromEntries((ContextEntries as { ContextKeyName: string; ContextKeyValues: string[] }[]).map(({ ContextKeyName, ContextKeyValues }) => [ContextKeyName, ContextKeyValues]));
      const results = (ActionNames as string[]).flatMap(action => (ResourceArns as string[]).map(resource => {
        const request = { action, resource, context };
        const verdict = verdictOf(sources.map(({ document }) => document), request);
        const decisive = verdict === 'deny' ? 'Deny' : 'Allow';
        return {
          EvalActionName: action, EvalResourceName: resource, EvalDecision: verdict === 'allow' ? 'allowed' : verdict === 'deny' ? 'explicitDeny' : 'implicitDeny',
          MatchedStatements: sources.flatMap(({ id, document }) => statementsOf(document).filter(statement => statement.Effect === decisive && applies(statement, request)).map(() => ({ SourcePolicyId: id, SourcePolicyType: 'IAM Policy' }))),
          MissingContextValues: [],
        };
      }));
      return { ok: true, value: { EvaluationResults: results, IsTruncated: false } };
    },
  };
}
