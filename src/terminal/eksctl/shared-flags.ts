/** Flags that many commands have. */
import type { FlagSpec } from './command.ts';

export const REGION: FlagSpec = { name: 'region', short: 'r', kind: 'string', help: 'AWS region' };
export const PROFILE: FlagSpec = { name: 'profile', short: 'p', kind: 'string', help: 'AWS credentials profile to use (overrides the AWS_PROFILE environment variable)' };
export const CLUSTER: FlagSpec = { name: 'cluster', short: 'c', kind: 'string', help: 'EKS cluster name' };
export const OUTPUT: FlagSpec = { name: 'output', short: 'o', kind: 'string', fallback: 'table', help: 'specifies the output format (valid option: table, json, yaml)' };
export const APPROVE: FlagSpec = { name: 'approve', kind: 'bool', fallback: 'false', help: 'Apply the changes' };
export const CONFIG_FILE: FlagSpec = { name: 'config-file', short: 'f', kind: 'string', help: "load configuration from a file (or stdin if set to '-')" };
export const timeout = (fallback = '25m0s'): FlagSpec => ({ name: 'timeout', kind: 'duration', fallback, help: 'maximum waiting time for any long-running operation' });
export const nodegroupName = (help: string): FlagSpec => ({ name: 'name', short: 'n', kind: 'string', help });

export const NO_CONFIG_FILE: Readonly<Record<string, string>> = { 'config-file': 'the same can be said with flags' };
