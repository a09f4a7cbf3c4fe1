import { ConnectionFailure } from '../client/failure.ts';
import type { Json } from '../client/api-client.ts';
import { defineCommand } from '../command.ts';
import type { Session } from '../session.ts';
import type { Task } from '../../../engine/kernel/task.ts';
import { printJson } from '../objects/json.ts';
import { printYaml } from '../objects/yaml.ts';

const KUSTOMIZE = 'v5.7.1';

export const version = defineCommand({
  path: 'version',
  *run(session) {
    const { flags } = session;
    const output = flags.str('output');
    if (!['', 'json', 'yaml'].includes(output)) session.usage("--output must be 'yaml' or 'json'");
    const [, major = '1', minor = '35'] = /^v?(\d+)\.(\d+)/.exec(session.setup.version) ?? [];
    const client = {
      major, minor, gitVersion: session.setup.version, gitCommit: 'fdc9d74cbf2da6754ebf81d56f80ae2948cd6425', gitTreeState: 'clean',
      buildDate: '2026-02-26T20:05:34Z', goVersion: 'go1.25.7', compiler: 'gc', platform: 'linux/amd64',
    };
    let server: Json | undefined;
    let failure: ConnectionFailure | undefined;
    if (!flags.bool('client')) {
      try {
        server = yield* session.api.json<Json>('GET', '/version');
      } catch (error) {
        if (!(error instanceof ConnectionFailure)) throw error;
        failure = error;
      }
    }
    if (output === '') {
      yield* session.out(`Client Version: ${client.gitVersion}\nKustomize Version: ${KUSTOMIZE}\n`);
      if (server) yield* session.out(`Server Version: ${String(server.gitVersion)}\n`);
    } else {
      const document = { clientVersion: client, kustomizeVersion: KUSTOMIZE, ...(server && { serverVersion: server }) };
      yield* session.out(output === 'json' ? printJsonTwo(document) : `${printYaml(document)}\n`);
    }
    if (failure) throw failure;
    if (server && output === '') yield* warnAboutSkew(session, Number(minor), Number.parseInt(String(server.minor), 10), client.gitVersion, String(server.gitVersion));
    return 0;
  },
});

function printJsonTwo(document: Json): string {
  return printJson(document, { keepOrder: true }).replace(/^( +)/gm, pad => pad.slice(pad.length / 2));
}

function* warnAboutSkew(session: Session, client: number, server: number, clientVersion: string, serverVersion: string): Task<void> {
  if (Math.abs(client - server) <= 1) return;
  const short = (text: string): string => text.replace(/^v(\d+\.\d+).*/, '$1');
  yield* session.err(`Warning: version difference between client (${short(clientVersion)}) and server (${short(serverVersion)}) exceeds the supported minor version skew of +/-1\n`);
}
