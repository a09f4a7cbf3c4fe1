/**
 * Records the command tree of the real kubectl (names, flags, defaults, texts) as one compact JSON file, from the
 * texts its --help prints. Usage: node recorded/kubectl/record-help.mjs PATH_TO_KUBECTL
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';

const kubectl = process.argv[2];
const env = { HOME: '/root', PATH: process.env.PATH };
const run = (...args) => spawnSync(kubectl, args, { encoding: 'utf8', env }).stdout;

const flagTable = [];
const flagIndex = new Map();
function internFlag(flag) {
  const key = JSON.stringify(flag);
  if (!flagIndex.has(key)) flagIndex.set(key, flagTable.push(flag) - 1);
  return flagIndex.get(key);
}

function parseFlags(lines) {
  const flags = [];
  for (let i = 0; i < lines.length; i += 1) {
    const match = /^ {4}(?:-(.), )?--([a-z0-9-]+)=(.*):$/.exec(lines[i]);
    if (match) flags.push(internFlag([match[2], match[1] ?? '', match[3], lines[i + 1].slice(1)]));
  }
  return flags;
}

const HEADINGS = /^(Usage|Examples|Options|Aliases|.* Commands(?: \(.*\))?|Subcommands provided by plugins):$/;

function parse(text) {
  const sections = [{ heading: '', lines: [] }];
  for (const line of text.split('\n')) {
    if (HEADINGS.test(line)) sections.push({ heading: line.slice(0, -1), lines: [] });
    else sections.at(-1).lines.push(line);
  }
  return sections;
}

const trimEnd = lines => lines.join('\n').replace(/\n+$/, '');
const commands = {};
function walk(path, summary) {
  const sections = parse(run(...path, '--help'));
  const entry = { summary, long: trimEnd(sections[0].lines), flags: [] };
  const groups = [];
  for (const { heading, lines } of sections.slice(1)) {
    if (heading === 'Examples') entry.examples = trimEnd(lines);
    else if (heading === 'Options') entry.flags = parseFlags(lines);
    else if (heading === 'Aliases') entry.aliases = lines[0];
    else if (heading === 'Usage') entry.usage = lines[0].trim();
    else {
      const names = lines.map(line => /^ {2}([a-z][a-z-]*) {2,}(.*)$/.exec(line)).filter(Boolean);
      groups.push([heading, names.map(match => match[1])]);
      for (const [, name, text] of names) walk([...path, name], text);
    }
  }
  if (groups.length > 0) entry.groups = groups;
  commands[path.join(' ')] = entry;
}
walk([], '');
const globals = parseFlags(run('options').split('\n'));
commands.options = { summary: '', long: '', flags: [] };
const version = /Client Version: (\S+)/.exec(run('version', '--client'))[1];
const lines = Object.entries(commands).map(([name, entry]) => `  ${JSON.stringify(name)}: ${JSON.stringify(entry)}`);
writeFileSync(new URL('../../src/terminal/kubectl/help/catalogue.json', import.meta.url),
  `{"version": ${JSON.stringify(version)}, "source": "kubectl <command> --help", "globals": ${JSON.stringify(globals)},\n`
  + `"flags": [\n${flagTable.map(flag => `  ${JSON.stringify(flag)}`).join(',\n')}\n],\n"commands": {\n${lines.join(',\n')}\n}}\n`);
