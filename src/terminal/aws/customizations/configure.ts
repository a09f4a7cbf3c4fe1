/** `aws configure list`, `get`, `list-profiles` and `set`. */
import { FileError } from '../../../engine/userland/contract.ts';
import { configPath, credentialsOf, credentialsPath } from '../config-files.ts';
import type { CustomCommand } from '../custom-command.ts';
import { AwsFailure } from '../failure.ts';
import { pythonOsError, type AwsSession } from '../session.ts';

const line = (name: string, value: string, type: string, place: string): string => `${name.padStart(10)} ${value.padStart(24)} ${type.padStart(16)}    ${place}\n`;
type Shown = readonly [value: string, type: string, place: string];
const UNSET: Shown = ['<not set>', 'None', 'None'];
const masked = (secret: string): string => '*'.repeat(16) + secret.slice(-4);

const list: CustomCommand = {
  name: 'list', options: [], summary: 'Shows the settings in force and where each comes from.',
  * run(session) {
    const credentials = credentialsOf(session.process, session.profiles.get(session.profile));
    const shown = (secret: string | undefined): Shown => (credentials ? [masked(secret!), credentials.source, ''] : UNSET);
    yield* session.out(line('Name', 'Value', 'Type', 'Location') + line('----', '-----', '----', '--------')
      + line('profile', ...profileOf(session))
      + line('access_key', ...shown(credentials?.accessKeyId))
      + line('secret_key', ...shown(credentials?.secretAccessKey))
      + line('region', ...regionOf(session)));
    return 0;
  },
};

function profileOf(session: AwsSession): Shown {
  if (session.globals.profile !== undefined) return [session.globals.profile, 'manual', '--profile'];
  for (const name of ['AWS_DEFAULT_PROFILE', 'AWS_PROFILE']) {
    const value = session.env(name);
    if (value !== undefined) return [value, 'env', "['AWS_DEFAULT_PROFILE', 'AWS_PROFILE']"];
  }
  return UNSET;
}

function regionOf(session: AwsSession): Shown {
  for (const name of ['AWS_REGION', 'AWS_DEFAULT_REGION']) {
    const value = session.env(name);
    if (value !== undefined) return [value, 'env', "['AWS_REGION', 'AWS_DEFAULT_REGION']"];
  }
  const value = session.setting('region');
  return value === undefined ? UNSET : [value, 'config-file', configPath(session.process).replace(`${session.env('HOME') ?? '/root'}/`, '~/')];
}

const get: CustomCommand = {
  name: 'get', options: [], words: ['varname'], summary: 'Prints one setting of a profile.',
  * run(session, values) {
    const parts = (values.get('varname') as string).split('.');
    let profile = session.profile;
    if (parts[0] === 'profile') [, profile = ''] = parts.splice(0, 2);
    else if (parts.length > 1 && (parts[0] === 'default' || session.profiles.has(parts[0]!))) profile = parts.shift()!;
    const value = session.profiles.get(profile)?.get(parts.join('.'));
    if (value === undefined) return 1;
    yield* session.out(`${value}\n`);
    return 0;
  },
};

const listProfiles: CustomCommand = {
  name: 'list-profiles', options: [], summary: 'Lists the profiles of both files.',
  * run(session) {
    yield* session.out([...session.profiles.keys()].map(name => `${name}\n`).join(''));
    return 0;
  },
};

const SECRETS: ReadonlySet<string> = new Set(['aws_access_key_id', 'aws_secret_access_key', 'aws_session_token']);

const set: CustomCommand = {
  name: 'set', options: [], words: ['varname', 'value'], summary: 'Writes one setting of a profile.',
  * run(session, values) {
    const parts = (values.get('varname') as string).split('.');
    let profile = session.profile;
    if (parts[0] === 'profile') [, profile = ''] = parts.splice(0, 2);
    else if (parts.length > 1) profile = parts.shift()!;
    const key = parts.join('.');
    const secret = SECRETS.has(key);
    const path = secret ? credentialsPath(session.process) : configPath(session.process);
    writeSetting(session, path, secret || profile === 'default' ? profile : `profile ${profile}`, key, values.get('value') as string);
    return 0;
  },
};

function writeSetting(session: AwsSession, path: string, section: string, key: string, value: string): void {
  const { files } = session.process.system;
  try {
    const lines = files.stat(path) ? files.read(path, session.process).replace(/\n$/, '').split('\n') : [];
    const head = lines.findIndex(text => text.trim() === `[${section}]`);
    if (head < 0) lines.push(`[${section}]`, `${key} = ${value}`);
    else {
      let end = head + 1;
      while (end < lines.length && !lines[end]!.startsWith('[')) end += 1;
      const at = lines.findIndex((text, index) => index > head && index < end && text.split('=')[0]!.trim() === key);
      if (at < 0) lines.splice(end, 0, `${key} = ${value}`);
      else lines[at] = `${key} = ${value}`;
    }
    files.makeDirectory(path.slice(0, path.lastIndexOf('/')), { recursive: true, as: session.process });
    files.write(path, `${lines.join('\n')}\n`, { mode: 0o600, as: session.process });
  } catch (failure) {
    if (!(failure instanceof FileError)) throw failure;
    throw new AwsFailure(pythonOsError(failure, path));
  }
}

export const configureCommands: readonly CustomCommand[] = [get, list, listProfiles, set];
