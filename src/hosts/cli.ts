/** `npm run shell` and `npm run serve`. */
import { runServer } from './serve-host.ts';
import { runShell } from './shell-host.ts';
import { parseHostArguments } from './world-choice.ts';

const [command, ...words] = process.argv.slice(2);
const parsed = parseHostArguments(words);
if ('text' in parsed) {
  (parsed.code === 0 ? process.stdout : process.stderr).write(parsed.text);
  process.exitCode = parsed.code;
} else if (command === 'shell') {
  process.exitCode = await runShell(parsed);
} else if (command === 'serve') {
  process.exitCode = await runServer(parsed);
} else {
  process.stderr.write(`drydock: ${command ?? 'nothing'} is not a command; shell and serve are\n`);
  process.exitCode = 2;
}
