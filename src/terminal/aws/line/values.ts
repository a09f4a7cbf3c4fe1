/** From the words of an option to the value its shape wants. */
import type { Shape } from '../models/model.ts';
import { AwsFailure, parameterFailure } from '../failure.ts';
import { PythonJsonError, pythonJson } from './python-json.ts';
import { parseShorthand, pythonFloat, pythonInt, PythonValueError, ShorthandError, typed } from './shorthand.ts';

/** Reads a file named by `file://` or `fileb://`. @throws AwsFailure */
export type FileReader = (path: string, option: string) => string;

const COMPLEX = new Set(['structure', 'list', 'map']);

const parsing = (option: string, message: string): AwsFailure => parameterFailure(`Error parsing parameter '${option}': ${message}`);

/** @param option with dashes. @throws AwsFailure in the CLI's words */
export function unpack(words: string | readonly string[], shape: Shape, option: string, readFile: FileReader): unknown {
  const value = loaded(words, option, readFile);
  try {
    return looksLikeJson(value) || !takesShorthand(shape) ? unpackPlain(value, shape, option) : shorthand(value, shape, option);
  } catch (failure) {
    if (failure instanceof PythonValueError) throw new AwsFailure(failure.message);
    throw failure;
  }
}

/** What a lone `file://` names. */
function loaded(words: string | readonly string[], option: string, readFile: FileReader): string | readonly string[] {
  const lone = typeof words === 'string' ? words : words.length === 1 ? words[0]! : undefined;
  const scheme = lone === undefined ? undefined : /^fileb?:\/\//.exec(lone)?.[0];
  return scheme === undefined ? words : readFile(lone!, option);
}

function looksLikeJson(value: string | readonly string[]): boolean {
  const first = typeof value === 'string' ? value : value[0];
  return first !== undefined && /^\s*[[{]/.test(first);
}

/** Structures, maps, and lists of them. */
const takesShorthand = (shape: Shape): boolean => COMPLEX.has(shape.kind) && (shape.kind !== 'list' || COMPLEX.has(shape.item.kind));

function shorthand(value: string | readonly string[], shape: Shape, option: string): unknown {
  if (shape.kind === 'structure' && typeof value === 'string' && !value.includes('=')) {
    const only = [...shape.members.keys()];
    if (only.length === 1 && only[0] === 'Value' && shape.members.get('Value')!.kind === 'string') return { Value: value };
  }
  try {
    if (typeof value === 'string') return typed(parseShorthand(value), shape);
    return value.map(word => typed(parseShorthand(word), shape.kind === 'list' ? shape.item : shape));
  } catch (failure) {
    if (failure instanceof ShorthandError) throw parsing(option, failure.message);
    throw failure;
  }
}

function unpackPlain(value: string | readonly string[], shape: Shape, option: string): unknown {
  switch (shape.kind) {
    case 'structure': case 'map': {
      const text = typeof value === 'string' ? value : value.join(' ');
      if (text.trim() === '') throw new AwsFailure('string index out of range');
      if (!text.trimStart().startsWith('{')) throw parsing(option, `Invalid JSON:\n${text}`);
      return json(text, option);
    }
    case 'list': {
      const lone = typeof value === 'string' ? value : value.length === 1 ? value[0]! : undefined;
      if (lone?.trimStart().startsWith('[')) return json(lone, option);
      // A file's text that is no JSON list is taken letter by letter, as the CLI does.
      const words = typeof value === 'string' ? [...value] : value;
      try {
        return words.map(word => unpackPlain(word, shape.item, option));
      } catch (failure) {
        if (failure instanceof PythonValueError) throw parsing(option, words[0] ?? '');
        throw failure;
      }
    }
    default: return scalar(String(value), shape.kind);
  }
}

function scalar(text: string, kind: Shape['kind']): unknown {
  switch (kind) {
    case 'integer': case 'long': return pythonInt(text);
    case 'float': case 'double': return pythonFloat(text);
    case 'boolean': return text.toLowerCase() !== 'false' && text !== '';
    default: return text;
  }
}

function json(text: string, option: string): unknown {
  try {
    return pythonJson(text);
  } catch (failure) {
    if (!(failure instanceof PythonJsonError)) throw failure;
    throw parsing(option, `Invalid JSON: ${failure.message}\nJSON received: ${text}`);
  }
}
