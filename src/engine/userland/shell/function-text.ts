import type { Function as FunctionNode } from 'unbash';
import { print } from 'unbash/printer';

/** A function as `type` and `declare -f` print it. */
export function functionText(node: FunctionNode): string {
  const body = print({ type: 'Script', pos: node.pos, end: node.end, shebang: undefined, commands: [{ type: 'Statement', pos: node.pos, end: node.end, command: node, background: undefined }] });
  return body.trimEnd().replace(/^(\S+)\(\) \{/, '$1 () \n{ ').replace(/^( +)/gm, (_, blanks: string) => blanks + blanks);
}
