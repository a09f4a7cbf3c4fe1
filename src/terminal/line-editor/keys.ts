const SEQUENCES: Readonly<Record<string, string>> = {
  '[A': 'up', '[B': 'down', '[C': 'right', '[D': 'left', 'OA': 'up', 'OB': 'down', 'OC': 'right', 'OD': 'left',
  '[H': 'home', '[F': 'end', 'OH': 'home', 'OF': 'end', '[1~': 'home', '[4~': 'end', '[7~': 'home', '[8~': 'end', '[3~': 'delete',
  '[1;5C': 'word-right', '[1;5D': 'word-left', '[1;3C': 'word-right', '[1;3D': 'word-left', '[5~': 'page-up', '[6~': 'page-down',
  '[200~': 'paste-start', '[201~': 'paste-end', '[3;5~': 'delete-word', '[Z': 'back-tab',
  b: 'word-left', f: 'word-right', d: 'delete-word', '\x7f': 'delete-word-back', '\b': 'delete-word-back', '.': 'last-argument', _: 'last-argument',
};

/** Splits terminal input into keys: single characters, or names such as `up` and `word-left`. `rest` is an unfinished sequence. */
export function keysOf(data: string): { keys: string[]; rest: string } {
  const keys: string[] = [];
  for (let at = 0; at < data.length;) {
    if (data[at] !== '\x1b') {
      const character = String.fromCodePoint(data.codePointAt(at)!);
      keys.push(character);
      at += character.length;
      continue;
    }
    const sequence = /^\x1b(\[[0-?]*[ -/]*[@-~]|O[A-Za-z]|[^[O])/.exec(data.slice(at));
    if (!sequence) {
      if (data.length - at > 16 || data.slice(at) === '\x1b') return { keys, rest: data.slice(at) === '\x1b' ? '' : data.slice(at) };
      return { keys, rest: data.slice(at) };
    }
    const name = SEQUENCES[sequence[1]!];
    if (name) keys.push(name);
    at += sequence[0].length;
  }
  return { keys, rest: '' };
}
