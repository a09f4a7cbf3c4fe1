/** `create configmap` and `create secret …`: objects that carry files and literals. */
import { utf8Base64 } from '../../../engine/apimachinery/base64.ts';
import type { Json } from '../client/api-client.ts';
import { fail } from '../client/failure.ts';
import { defineCommand } from '../command.ts';
import { sortKeys } from '../objects/json.ts';
import type { Session } from '../session.ts';
import { builtIn, createOne, metaOf, nameOf } from './create-one.ts';

const CONFIG_MAP = builtIn('', 'v1', 'ConfigMap', 'configmaps');
const SECRET = builtIn('', 'v1', 'Secret', 'secrets');
const KEY = /^[-._a-zA-Z0-9]+$/;

/** Files, env files and literals of the command line, by key. @throws CliFailure in kubectl's words */
function gather(session: Session, noun: string): Record<string, string> {
  const { flags } = session;
  const data: Record<string, string> = {};
  const add = (key: string, value: string): void => {
    if (!KEY.test(key)) {
      fail(`${JSON.stringify(key)} is not a valid key name for a ${noun}: a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')`);
    }
    if (data[key] !== undefined) fail(`cannot add key ${JSON.stringify(key)}, another key by that name already exists in Data for ${noun} ${JSON.stringify(nameOf(session))}`);
    data[key] = value;
  };
  if (flags.list('from-env-file').length > 0 && (flags.list('from-file').length > 0 || flags.list('from-literal').length > 0)) {
    fail('from-env-file cannot be combined with from-file or from-literal');
  }
  for (const literal of flags.list('from-literal')) {
    const equals = literal.indexOf('=');
    if (equals < 0) fail(`invalid literal source ${literal}, expected key=value`);
    if (equals === 0) fail(`invalid literal source ${literal}, expected key=value`);
    add(literal.slice(0, equals), literal.slice(equals + 1).replace(/^(['"])(.*)\1$/s, '$2'));
  }
  for (const source of flags.list('from-file')) addFile(session, source, add);
  for (const file of flags.list('from-env-file')) addEnvFile(session, file, add);
  return sortKeys(data) as Record<string, string>;
}

function addFile(session: Session, source: string, add: (key: string, value: string) => void): void {
  const { files } = session.process.system;
  const parts = source.split('=');
  if (parts.length > 2) fail('key names or file paths cannot contain \'=\'');
  const path = parts.at(-1)!;
  if (parts.length === 2 && parts[0] === '') fail(`key name for file path ${path} missing`);
  if (path === '') fail(`file path for key name ${parts[0]} missing`);
  const stat = files.stat(session.path(path));
  if (!stat) fail(`error reading ${path}: no such file or directory`);
  if (stat.type !== 'directory') {
    add(parts.length === 2 ? parts[0]! : path.slice(path.lastIndexOf('/') + 1), files.read(session.path(path)));
    return;
  }
  if (parts.length === 2) fail('cannot give a key name for a directory path');
  for (const name of [...files.list(session.path(path))].sort()) {
    if (files.stat(session.path(`${path}/${name}`))?.type === 'file' && KEY.test(name)) add(name, files.read(session.path(`${path}/${name}`)));
  }
}

function addEnvFile(session: Session, file: string, add: (key: string, value: string) => void): void {
  const { files } = session.process.system;
  const stat = files.stat(session.path(file));
  if (!stat) fail(`error reading ${file}: no such file or directory`);
  if (stat.type === 'directory') fail('env config file cannot be a directory');
  files.read(session.path(file)).split(/\r?\n/).forEach(raw => {
    const line = raw.trimStart();
    if (line === '' || line.startsWith('#')) return;
    const equals = line.indexOf('=');
    const key = equals < 0 ? line : line.slice(0, equals);
    if (!/^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(key)) {
      fail(`${JSON.stringify(key)} is not a valid key name: a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit (e.g. 'my.env-name',  or 'MY_ENV.NAME',  or 'MyEnvName1', regex used for validation is '[-._a-zA-Z][-._a-zA-Z0-9]*')`);
    }
    add(key, equals < 0 ? session.process.env.get(key) ?? '' : line.slice(equals + 1));
  });
}

/** A name with the hash of its content, as `--append-hash` makes it, is not modelled. */
const refused = { 'append-hash': 'a name of your own choice is' };

export const createConfigMap = defineCommand({
  path: 'create configmap',
  refused,
  *run(session) {
    const name = nameOf(session);
    const data = gather(session, 'configMap');
    return yield* createOne(session, CONFIG_MAP, {
      kind: 'ConfigMap', apiVersion: 'v1', metadata: metaOf(session, CONFIG_MAP, name), ...(Object.keys(data).length > 0 && { data }),
    });
  },
});

const encoded = (data: Record<string, string>): Json => Object.fromEntries(Object.entries(data).map(([key, value]) => [key, utf8Base64(value)]));

export const createSecretGeneric = defineCommand({
  path: 'create secret generic',
  refused,
  *run(session) {
    const name = nameOf(session);
    const data = encoded(gather(session, 'secret'));
    const type = session.flags.str('type');
    return yield* createOne(session, SECRET, {
      kind: 'Secret', apiVersion: 'v1', metadata: metaOf(session, SECRET, name), ...(Object.keys(data).length > 0 && { data }), ...(type !== '' && { type }),
    });
  },
});

export const createSecretTls = defineCommand({
  path: 'create secret tls',
  refused,
  *run(session) {
    const name = nameOf(session);
    const { flags } = session;
    if (flags.str('cert') === '' || flags.str('key') === '') fail('key and cert must be specified');
    const read = (path: string): string => {
      if (!session.process.system.files.stat(session.path(path))) fail(`Cannot read file ${path}, open ${path}: no such file or directory`);
      return session.process.system.files.read(session.path(path));
    };
    const cert = read(flags.str('cert'));
    const key = read(flags.str('key'));
    if (!/-----BEGIN CERTIFICATE-----/.test(cert)) fail('tls: failed to find any PEM data in certificate input');
    if (!/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(key)) fail('tls: failed to find any PEM data in key input');
    return yield* createOne(session, SECRET, {
      kind: 'Secret', apiVersion: 'v1', metadata: metaOf(session, SECRET, name), data: encoded({ 'tls.crt': cert, 'tls.key': key }), type: 'kubernetes.io/tls',
    });
  },
});

export const createSecretDockerRegistry = defineCommand({
  path: 'create secret docker-registry',
  refused: { ...refused, 'from-file': '--docker-username and --docker-password are' },
  *run(session) {
    const name = nameOf(session);
    const { flags } = session;
    const username = flags.str('docker-username');
    const password = flags.str('docker-password');
    if (username === '' || password === '') {
      fail('either --from-file or the combination of --docker-username, --docker-password and --docker-server is required');
    }
    const email = flags.str('docker-email');
    const entry = { username, password, ...(email !== '' && { email }), auth: utf8Base64(`${username}:${password}`) };
    const config = JSON.stringify({ auths: { [flags.str('docker-server')]: entry } });
    return yield* createOne(session, SECRET, {
      kind: 'Secret', apiVersion: 'v1', metadata: metaOf(session, SECRET, name), data: encoded({ '.dockerconfigjson': config }), type: 'kubernetes.io/dockerconfigjson',
    });
  },
});
