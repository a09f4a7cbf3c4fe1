/** ~/.aws/config and ~/.aws/credentials. */
import { FileError, type SystemProcess } from '../../engine/userland/contract.ts';

/** Settings of each profile, from both files. */
export type Profiles = ReadonlyMap<string, ReadonlyMap<string, string>>;

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** How `aws configure list` says where they come from. */
  readonly source: 'env' | 'shared-credentials-file' | 'config-file';
}

export const configPath = (process: SystemProcess): string => process.env.get('AWS_CONFIG_FILE') || `${process.env.get('HOME') ?? '/root'}/.aws/config`;
export const credentialsPath = (process: SystemProcess): string => process.env.get('AWS_SHARED_CREDENTIALS_FILE') || `${process.env.get('HOME') ?? '/root'}/.aws/credentials`;

export function readProfiles(process: SystemProcess): Profiles {
  const profiles = new Map<string, Map<string, string>>();
  const add = (path: string, nameOf: (section: string) => string | undefined): void => {
    for (const [section, settings] of sections(textOf(process, path))) {
      const name = nameOf(section);
      if (name === undefined) continue;
      const known = profiles.get(name) ?? new Map<string, string>();
      for (const [key, value] of settings) known.set(key, value);
      profiles.set(name, known);
    }
  };
  add(configPath(process), section => (section === 'default' ? section : /^profile\s+(.+)$/.exec(section)?.[1]));
  add(credentialsPath(process), section => section);
  return profiles;
}

function textOf(process: SystemProcess, path: string): string {
  try {
    return process.system.files.read(path);
  } catch (failure) {
    if (failure instanceof FileError) return '';
    throw failure;
  }
}

function sections(text: string): Map<string, Map<string, string>> {
  const found = new Map<string, Map<string, string>>();
  let current: Map<string, string> | undefined;
  for (const line of text.split('\n')) {
    const section = /^\[(.+)\]\s*$/.exec(line.trim())?.[1];
    if (section !== undefined) {
      current = found.get(section) ?? new Map();
      found.set(section, current);
      continue;
    }
    const setting = /^([^#;=\s][^=]*?)\s*=\s*(.*)$/.exec(line.trim());
    if (setting) current?.set(setting[1]!, setting[2]!.trim());
  }
  return found;
}

export function credentialsOf(process: SystemProcess, profile: ReadonlyMap<string, string> | undefined): Credentials | undefined {
  const [key, secret] = [process.env.get('AWS_ACCESS_KEY_ID'), process.env.get('AWS_SECRET_ACCESS_KEY')];
  if (key && secret) return { accessKeyId: key, secretAccessKey: secret, source: 'env' };
  const [fileKey, fileSecret] = [profile?.get('aws_access_key_id'), profile?.get('aws_secret_access_key')];
  return fileKey && fileSecret ? { accessKeyId: fileKey, secretAccessKey: fileSecret, source: 'shared-credentials-file' } : undefined;
}
