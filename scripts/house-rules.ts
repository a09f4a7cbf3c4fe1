/** The laws that a text scan can hold: layers, forbidden words, names, sizes. Pure, so that planted breaches can test it. */

export interface SourceFile {
  /** From the repository's root: `src/engine/kernel/kernel.ts`. */
  readonly path: string;
  readonly text: string;
}

export interface Breach {
  readonly rule: string;
  readonly path: string;
  readonly line: number;
  readonly what: string;
}

/** What each layer may import, besides itself and any `contract.ts` inside the engine. */
const LAYERS: readonly { readonly folder: string; readonly may: readonly string[] }[] = [
  { folder: 'src/engine/kernel', may: [] },
  { folder: 'src/engine/facts', may: [] },
  { folder: 'src/engine/apimachinery', may: ['src/engine/kernel', 'src/engine/facts'] },
  { folder: 'src/engine/userland', may: ['src/engine/kernel', 'src/engine/facts', 'src/engine/apimachinery'] },
  { folder: 'src/engine/kinds', may: ['src/engine/kernel', 'src/engine/facts', 'src/engine/apimachinery'] },
  { folder: 'src/engine/api-server', may: ['src/engine/kernel', 'src/engine/facts', 'src/engine/apimachinery', 'src/engine/kinds'] },
  { folder: 'src/engine/events', may: ['src/engine/kernel', 'src/engine/facts', 'src/engine/apimachinery'] },
  { folder: 'src/engine/controllers', may: ['src/engine/kernel', 'src/engine/facts', 'src/engine/apimachinery', 'src/engine/kinds', 'src/engine/events'] },
  { folder: 'src/engine/scheduler', may: ['src/engine/kernel', 'src/engine/facts', 'src/engine/apimachinery', 'src/engine/kinds', 'src/engine/events'] },
  { folder: 'src/engine/network', may: ['src/engine/kernel', 'src/engine/facts', 'src/engine/apimachinery', 'src/engine/kinds'] },
  { folder: 'src/engine/images', may: ['src/engine/kernel', 'src/engine/facts', 'src/engine/apimachinery', 'src/engine/userland'] },
  // The kubelet asks the network for a sandbox address and runs what images hold (DESIGN section 2).
  { folder: 'src/engine/kubelet', may: ['src/engine/kernel', 'src/engine/facts', 'src/engine/apimachinery', 'src/engine/kinds', 'src/engine/events', 'src/engine/userland', 'src/engine/images', 'src/engine/network'] },
  { folder: 'src/engine', may: ['src/engine'] },
  { folder: 'src/terminal', may: ['src/engine'] },
  { folder: 'src/trainer', may: ['src/engine'] },
  { folder: 'src/ui', may: ['src/engine', 'src/terminal', 'src/trainer', 'src/hosts/protocol.ts', 'src/hosts/worker.ts'] },
  { folder: 'src/hosts', may: ['src/engine', 'src/terminal', 'src/trainer'] },
];

const within = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);
const layerOf = (path: string): (typeof LAYERS)[number] | undefined => LAYERS.find(layer => within(path, layer.folder));
const isTest = (path: string): boolean => /\.test\.tsx?$/.test(path) || path.startsWith('src/testing/') || /\/testing\//.test(path);

function resolveImport(from: string, target: string): string {
  const parts = from.split('/').slice(0, -1);
  for (const part of target.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/');
}

function lineOf(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}

/** Comments and strings blanked out, so that words in prose do not count. Lengths and lines stay. */
export function codeOnly(text: string): string {
  const blank = (match: string): string => match.replace(/[^\n]/g, ' ');
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/g, blank);
}

/** Arrows point down: no part of a layer imports what lies beside or above it. */
export function layerBreaches(file: SourceFile): Breach[] {
  const layer = layerOf(file.path);
  if (!layer || isTest(file.path)) return [];
  const breaches: Breach[] = [];
  for (const match of file.text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']*)'/g)) {
    const target = resolveImport(file.path, match[1]!);
    if (!target.startsWith('src/') || within(target, layer.folder)) continue;
    const inEngine = file.path.startsWith('src/engine/') && target.startsWith('src/engine/');
    if (inEngine && /(^|\/)contract\.ts$/.test(target)) continue;
    if (layer.may.some(folder => within(target, folder))) continue;
    breaches.push({ rule: 'layers', path: file.path, line: lineOf(file.text, match.index), what: `imports ${target}` });
  }
  return breaches;
}

const ENGINE_WORDS: readonly [RegExp, string][] = [
  [/\bnew Date\b|\bDate\.(now|UTC|parse)\b/g, 'the platform clock'],
  [/\bMath\.random\b|\bcrypto\.(getRandomValues|randomUUID)\b/g, 'chance outside the kernel'],
  [/\b(setTimeout|setInterval|setImmediate|queueMicrotask|requestAnimationFrame)\b/g, 'timers'],
  [/\basync\b(?=\s*(function|\(|[a-zA-Z_$]))|\bawait\b|\bnew Promise\b|\bPromise\.(all|resolve|reject|race)\b/g, 'async'],
  [/\b(fetch|XMLHttpRequest|WebSocket)\s*\(/g, 'the real network'],
  [/\b(document|window|navigator|localStorage|globalThis)\./g, 'the page'],
  [/\bperformance\.now\b/g, 'the platform clock'],
];

/** One world, one clock, one source of chance: nothing of the platform under `src/engine`. */
export function engineBreaches(file: SourceFile): Breach[] {
  if (!file.path.startsWith('src/engine/') || isTest(file.path)) return [];
  const code = codeOnly(file.text);
  const breaches: Breach[] = [];
  for (const [pattern, what] of ENGINE_WORDS) {
    for (const match of code.matchAll(pattern)) breaches.push({ rule: 'one world', path: file.path, line: lineOf(code, match.index), what: `${what}: ${match[0]}` });
  }
  for (const match of file.text.matchAll(/from\s+'(node:[^']*|fs|path|os|child_process)'/g)) breaches.push({ rule: 'one world', path: file.path, line: lineOf(file.text, match.index), what: `imports ${match[1]}` });
  return breaches;
}

/** Only the API server writes its store. */
export function writerBreaches(file: SourceFile): Breach[] {
  if (file.path.startsWith('src/engine/api-server/') || isTest(file.path)) return [];
  return [...file.text.matchAll(/from\s+'[^']*api-server\/(store|writer)\.ts'/g)]
    .map(match => ({ rule: 'one writer', path: file.path, line: lineOf(file.text, match.index), what: `imports ${match[1]}` }));
}

const MAX_LINES = 500;

/** Names that say something, files one can read, nothing left for later, nothing of this machine. */
export function houseBreaches(file: SourceFile): Breach[] {
  const breaches: Breach[] = [];
  const name = file.path.slice(file.path.lastIndexOf('/') + 1);
  if (/^(utils?|helpers?|misc|common|managers?)\b|[-.](utils?|helpers?|manager)\.(ts|tsx)$/.test(name)) breaches.push({ rule: 'names', path: file.path, line: 1, what: `${name} says nothing` });
  const lines = file.text.split('\n').length;
  if (/\.tsx?$/.test(name) && lines > MAX_LINES && !/[Ll]ong|over 500|one place|table/.test(file.text.slice(0, 600))) {
    breaches.push({ rule: 'size', path: file.path, line: 1, what: `${lines} lines and no sentence why` });
  }
  for (const match of file.text.matchAll(/\b(TODO|FIXME|XXX)\b|lorem ipsum/g)) {
    if (!/mktemp|XXXX/.test(file.text.slice(match.index - 8, match.index + 12))) breaches.push({ rule: 'unfinished', path: file.path, line: lineOf(file.text, match.index), what: match[0] });
  }
  for (const match of file.text.matchAll(/\/work\/(main|shared|\.library)|registry\.npmjs\.org|deb\.debian\.org/g)) {
    breaches.push({ rule: 'machine', path: file.path, line: lineOf(file.text, match.index), what: match[0] });
  }
  return breaches;
}

/** Every rule over every file. */
export function allBreaches(files: readonly SourceFile[]): Breach[] {
  return files.flatMap(file => [...layerBreaches(file), ...engineBreaches(file), ...writerBreaches(file), ...houseBreaches(file)]);
}
