import { describe, expect, test } from 'vitest';
import { Kernel } from '../engine/kernel/kernel.ts';
import { createLaptop } from './laptop.ts';
import { createTerminalSession } from './session.ts';

/** A terminal driven like a person would: lines, keys, time. */
function desk() {
  const kernel = new Kernel({ seed: 1 });
  const laptop = createLaptop({ kernel });
  let screen = '';
  const exitCodes: number[] = [];
  let closed = false;
  const session = createTerminalSession({
    id: 't', laptop, columns: 80, rows: 10,
    events: { output: text => { screen += text.replace(/\r\n/g, '\n'); }, prompt: ({ exitCode }) => { exitCodes.push(exitCode); }, closed: () => { closed = true; } },
  });
  const pass = (ms: number): void => { kernel.run({ untilMs: kernel.nowMs + ms }); };
  return {
    kernel, laptop, session, pass,
    get exitCode() { return exitCodes.at(-1); },
    get closed() { return closed; },
    /** Types a line, lets a second pass, and returns what appeared. */
    type(line: string, ms = 1000): string {
      screen = '';
      session.submit(line);
      pass(ms);
      return screen;
    },
    seen(): string { const text = screen; screen = ''; return text; },
  };
}

describe('an interactive bash', () => {
  test('waits at a prompt from the start and remembers across lines', () => {
    const at = desk();
    expect(at.session.atPrompt).toBe(true);
    at.type('x=5; cd /tmp; f() { echo "f:$x"; }');
    expect(at.type('f; pwd')).toBe('f:5\n/tmp\n');
    expect(at.session.history).toEqual(['x=5; cd /tmp; f() { echo "f:$x"; }', 'f; pwd']);
  });

  test('asks for the rest of an unfinished command', () => {
    const at = desk();
    at.type('for i in 1 2; do');
    expect(at.session.promptText).toBe('> ');
    at.type('echo $i');
    expect(at.type('done')).toBe('1\n2\n');
  });

  test.each([
    ['kubctl', 'bash: kubctl: command not found\n', 127],
    ['echo )', "bash: syntax error near unexpected token `)'\n", 2],
    ['ls /nope', "ls: cannot access '/nope': No such file or directory\n", 2],
    ['echo ${x:?gone}', 'bash: x: gone\n', 1],
  ])('%s', (line, words, code) => {
    const at = desk();
    expect(at.type(line)).toBe(words);
    expect(at.exitCode).toBe(code);
    expect(at.session.atPrompt).toBe(true);
  });

  test.each(['while true; do :; done', 'while true; do sleep 1; done', 'sleep 1000', 'cat', 'yes > /dev/null', 'read x', 'tail -f ~/.bashrc | grep nothing'])('Ctrl-C ends: %s', line => {
    const at = desk();
    at.type(line, 3000);
    expect(at.session.atPrompt).toBe(false);
    at.session.interrupt();
    at.pass(100);
    expect(at.session.atPrompt).toBe(true);
    expect(at.exitCode).toBe(130);
    expect(at.type('echo still here')).toBe('still here\n');
    expect(at.laptop.system.processes.list().map(process => process.argv[0])).toEqual(['bash']);
  });

  test('a pipeline streams while it runs', () => {
    const at = desk();
    at.session.submit('for i in 1 2 3; do echo line $i; sleep 1; done | grep line');
    at.pass(1500);
    expect(at.seen()).toBe('line 1\nline 2\n');
  });

  test('head ends its producer', () => {
    const at = desk();
    expect(at.type('while true; do echo x; done | head -2')).toBe('x\nx\n');
    expect(at.session.atPrompt).toBe(true);
  });

  test('Ctrl-Z stops a job; jobs, bg and fg go on with it', () => {
    const at = desk();
    at.type('sleep 30', 100);
    at.session.suspend();
    at.pass(10);
    expect(at.seen()).toBe('^Z\n[1]+  Stopped                 sleep 30\n');
    expect(at.type('jobs')).toBe('[1]+  Stopped                 sleep 30\n');
    expect(at.type('bg')).toBe('[1]+ sleep 30 &\n');
    expect(at.type('jobs')).toBe('[1]+  Running                 sleep 30 &\n');
    expect(at.type('fg', 60_000)).toBe('sleep 30\n');
    expect(at.session.atPrompt).toBe(true);
  });

  test('a background job is told of when it ends', () => {
    const at = desk();
    expect(at.type('sleep 2 &', 100)).toMatch(/^\[1\] \d+\n$/);
    at.pass(3000);
    expect(at.type('')).toBe('[1]+  Done                    sleep 2\n');
  });

  test('Ctrl-D ends a program that reads, and at a prompt the shell', () => {
    const at = desk();
    at.type('cat > f');
    at.type('typed');
    at.session.endOfFile();
    at.pass(10);
    expect(at.type('cat f')).toBe('typed\n');
    at.session.endOfFile();
    expect(at.closed).toBe(true);
  });

  test('the alias k is there, also with a here-document', () => {
    const at = desk();
    at.laptop.install('kubectl', function* (process) {
      yield* process.write(1, `${process.argv.join(' ')} <${yield* process.readAll(0)}>\n`);
      return 0;
    });
    at.session.submit('k apply -f - <<EOF\na: 1\nEOF');
    at.pass(100);
    expect(at.seen()).toBe('kubectl apply -f - <a: 1\n>\n');
  });

  test.each(['f() { f; }; f', 'f() { f | cat; }; f', 'f() { x=$(f); }; f', 'f() { (f); }; f', ':(){ :|:& };:'])('runaway recursion is no crash: %s', line => {
    const at = desk();
    at.type(line, 2000);
    at.session.interrupt();
    at.pass(100);
    expect(at.session.atPrompt).toBe(true);
    expect(at.type('echo ok', 10_000)).toContain('ok\n');
  });
});

describe('programs that take the screen', () => {
  test('less pages with keys and gives the terminal back', () => {
    const at = desk();
    at.type('seq 50 | less');
    expect(at.session.raw).toBe(true);
    expect(at.seen()).toContain('9\n:');
    at.session.key(' ');
    at.pass(10);
    expect(at.seen()).toContain('18\n:');
    at.session.key('G');
    at.pass(10);
    expect(at.seen()).toContain('(END)');
    at.session.key('q');
    at.pass(10);
    expect(at.session.raw).toBe(false);
    expect(at.session.atPrompt).toBe(true);
  });

  test('watch draws again every two seconds', () => {
    const at = desk();
    at.type('watch -t date +%S', 100);
    const first = at.seen();
    at.pass(2000);
    const second = at.seen();
    expect(first).toContain('00\n');
    expect(second).toContain('02\n');
    at.session.interrupt();
    at.pass(10);
    expect(at.session.atPrompt).toBe(true);
  });
});

describe('the prompt', () => {
  test.each([
    ['prod', 'shop', 0, 'prod/shop $ '],
    ['prod', undefined, 0, 'prod/default $ '],
    ['prod', 'shop', 1, 'prod/shop ✗ 1 $ '],
  ])('context %s, namespace %s, exit code %i', (context, namespace, code, text) => {
    const at = desk();
    at.laptop.system.files.write(`${at.laptop.home}/.kube/config`, `current-context: ${context}\ncontexts:\n- name: ${context}\n  context: {cluster: c${namespace ? `, namespace: ${namespace}` : ''}}\n`);
    at.type(`(exit ${code})`);
    expect(at.session.promptText.replace(/\x1b\[[0-9;]*m/g, '')).toBe(text);
  });
});

describe('completion', () => {
  test.each([
    ['ec', ['echo']],
    ['cat .bash', ['.bashrc']],
    ['echo $HOM', ['HOME']],
    ['ls | gre', ['grep']],
    ['cd .k', ['.kube/']],
    ['cat < .bas', ['.bashrc']],
    ['k get ', ['pods', 'nodes']],
  ])('%s', (line, expected) => {
    const at = desk();
    at.laptop.completers.set('kubectl', (words, index) => ({ from: 0, suffix: ' ', candidates: words[index - 1] === 'get' ? [{ text: 'pods' }, { text: 'nodes' }] : [] }));
    expect(at.session.complete(line, line.length).candidates.map(candidate => candidate.text)).toEqual(expected);
  });
});
