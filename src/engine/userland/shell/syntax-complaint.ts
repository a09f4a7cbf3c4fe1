import type { Task } from '../../kernel/task.ts';
import type { Shell } from './shell.ts';

/** Prints a syntax error as bash or busybox ash does. */
export function* complainAboutSyntax(shell: Shell, error: { message: string; line: number; showsLine: boolean }, text: string): Task<void> {
  if (shell.dialect === 'ash') {
    const words = error.message.replace(/^syntax error near unexpected token `(.*)'$/, (_, token: string) => `syntax error: unexpected ${token === 'newline' ? 'newline' : `"${token}"`}`)
      .replace(/^unexpected EOF while looking for matching `(.)'$/, (_, char: string) => `syntax error: unterminated quoted string${char === '"' || char === "'" ? '' : ''}`)
      .replace(/^syntax error: unexpected end of file$/, 'syntax error: unexpected end of file (expecting "done")'.replace(/ \(.*/, ''));
    yield* shell.process.write(2, `${shell.name}: ${shell.origin === 'interactive' ? '' : shell.origin === 'script' ? `line ${error.line}: ` : ''}${words}\n`);
    return;
  }
  if (shell.origin === 'interactive') {
    yield* shell.process.write(2, `bash: ${error.message}\n`);
    return;
  }
  const place = shell.origin === 'command' ? `${shell.name}: -c: line ${error.line}` : `${shell.name}: line ${error.line}`;
  yield* shell.process.write(2, `${place}: ${error.message}\n`);
  if (error.showsLine) yield* shell.process.write(2, `${place}: \`${text.split('\n')[error.line - 1] ?? ''}'\n`);
}
