/** A text changed by the learner's editor: a program named by `KUBE_EDITOR` or `EDITOR`, else the editor of the page. */
import { suspend, type Task } from '../../engine/kernel/task.ts';
import { fail } from './client/failure.ts';
import type { Session } from './session.ts';

/** Writes `content` to `path`, lets it be edited, and returns what is then there. */
export function* changeText(session: Session, path: string, content: string): Task<string> {
  const { process } = session;
  const { files } = process.system;
  // The learner's own file: their editor writes it back.
  files.write(path, content, { as: { uid: process.uid, gid: process.gid } });
  const command = process.env.get('KUBE_EDITOR') || process.env.get('EDITOR') || 'vi';
  const [name = 'vi', ...args] = command.split(/\s+/);
  const program = process.system.program(name.slice(name.lastIndexOf('/') + 1));
  if (program) {
    const child = process.table.spawn({ program, argv: [name, ...args, path], parent: process, descriptors: new Map(process.descriptors) });
    yield* suspend<number>(resume => { child.onExit(resume); return () => child.signal('SIGTERM'); });
    if (child.exitCode !== 0) fail(`there was a problem with the editor ${JSON.stringify(command)}`);
    return files.read(path);
  }
  if (!['vi', 'vim', 'nano'].includes(name)) fail(`unable to launch the editor ${JSON.stringify(command)}`);
  const answer = yield* process.callHost<{ content?: string } | string | null>('editor', { path, content, flavour: name === 'nano' ? 'nano' : 'vim' });
  const edited = typeof answer === 'string' ? answer : answer?.content ?? content;
  files.write(path, edited);
  return edited;
}
