/** Tokens of service accounts: they look like the real ones and say who holds them. Nothing here is secret or signed. */
import { base64Text, utf8Base64 } from '../apimachinery/base64.ts';
import type { User } from './contract.ts';

const urlSafe = (text: string): string => utf8Base64(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

export interface TokenClaims {
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly uid: string;
  readonly audiences: readonly string[];
  /** Unix seconds. */
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly issuer: string;
  readonly pod?: { readonly name: string; readonly uid: string };
}

/** A token in the shape of a JSON Web Token. */
export function mintToken(claims: TokenClaims): string {
  const { namespace, serviceAccount, uid, audiences, issuedAt, expiresAt, issuer, pod } = claims;
  const payload = {
    aud: audiences, exp: expiresAt, iat: issuedAt, iss: issuer,
    'kubernetes.io': { namespace, ...(pod && { pod }), serviceaccount: { name: serviceAccount, uid } },
    nbf: issuedAt, sub: `system:serviceaccount:${namespace}:${serviceAccount}`,
  };
  return `${urlSafe(JSON.stringify({ alg: 'RS256', kid: 'drydock' }))}.${urlSafe(JSON.stringify(payload))}.${urlSafe(`drydock ${uid}`)}`;
}

/** The user a service account is. */
export function serviceAccountUser(namespace: string, name: string): User {
  return {
    name: `system:serviceaccount:${namespace}:${name}`,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
  };
}

/** Who holds a token; `undefined` when it is none of ours. */
export function userOfToken(token: string): User | undefined {
  const [, payload] = token.split('.');
  if (!payload) return undefined;
  const standard = payload.replaceAll('-', '+').replaceAll('_', '/');
  const text = base64Text(standard.padEnd(Math.ceil(standard.length / 4) * 4, '='));
  const match = /"sub":"system:serviceaccount:([^:"]+):([^:"]+)"/.exec(text ?? '');
  return match ? serviceAccountUser(match[1]!, match[2]!) : undefined;
}
