import type { Task } from '../../../engine/kernel/task.ts';
import { pathOf } from '../client/api-client.ts';
import { fail } from '../client/failure.ts';
import { type Command, defineCommand } from '../command.ts';
import { attachTo, chooseContainer, joinSession, podNamed } from '../pod-session.ts';
import type { Session } from '../session.ts';

export const exec: Command = defineCommand({
  path: 'exec',
  refused: { filename: 'naming the pod is', kustomize: 'naming the pod is' },
  *run(session) {
    const { flags, args, dashAt } = session;
    if (args.length === 0 || dashAt === 0) fail('pod, type/name or --filename must be specified');
    if (dashAt === -1 && args.length > 1) {
      fail('exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead\nSee \'kubectl exec -h\' for help and examples');
    }
    const words = dashAt >= 0 ? args.slice(dashAt) : [];
    if (words.length === 0) fail('you must specify at least one command for the container');
    if (dashAt > 1) fail('exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead\nSee \'kubectl exec -h\' for help and examples');
    const pod = yield* podNamed(session, args[0]!);
    const { phase } = pod.status ?? {};
    if (phase === 'Succeeded' || phase === 'Failed') fail(`cannot exec into a container in a completed pod; current phase is ${phase}`);
    const { name, note } = chooseContainer(pod, flags.str('container'));
    if (note !== '' && !flags.bool('quiet')) yield* session.err(note);
    const stdin = flags.bool('stdin');
    const tty = yield* wantsTty(session, stdin);
    const type = yield* session.discovery.resolve('pods');
    const response = yield* session.api.send('POST', pathOf(type, pod.metadata.namespace ?? '', pod.metadata.name, 'exec'), {
      query: { command: [...words], container: name, stdin: String(stdin), stdout: 'true', stderr: String(!tty), tty: String(tty) },
    });
    if (!response.session) fail('unable to upgrade connection: the server did not open a stream');
    return yield* joinSession(session, response.session, { stdin, tty });
  },
});

export const attach: Command = defineCommand({
  path: 'attach',
  *run(session) {
    const { flags, args } = session;
    if (args.length === 0) session.usage('at least 1 argument is required for attach');
    if (args.length > 2) session.usage('expected POD, TYPE/NAME, or TYPE NAME, (at most 2 arguments) saw ' + `${args.length}: ${args.join(' ')}`);
    const pod = yield* podNamed(session, args.join('/'));
    const phase = pod.status?.phase;
    if (phase === 'Succeeded' || phase === 'Failed') fail(`cannot attach a container in a completed pod; current phase is ${phase}`);
    return yield* attachTo(session, pod, { stdin: flags.bool('stdin'), tty: flags.bool('tty'), container: flags.str('container') });
  },
});

function* wantsTty(session: Session, stdin: boolean): Task<boolean> {
  if (!session.flags.bool('tty')) return false;
  if (stdin && session.process.terminal === undefined) {
    yield* session.err('Unable to use a TTY - input is not a terminal or the right kind of file\n');
    return false;
  }
  return true;
}
