/** Checks parameters against the input shape before anything is sent, with botocore's report. */
import type { Shape } from '../models/model.ts';
import { parameterFailure } from '../failure.ts';

type Fields = Readonly<Record<string, unknown>>;

/** @throws AwsFailure that lists every finding */
export function validateParameters(parameters: Fields, shape: Shape | undefined): void {
  if (!shape) return;
  const findings: string[] = [];
  check(parameters, shape, '', findings);
  if (findings.length > 0) throw parameterFailure(`Parameter validation failed:\n${findings.join('\n')}`);
}

const PYTHON_KINDS: Readonly<Record<Shape['kind'], readonly string[]>> = {
  structure: ["<class 'dict'>"], map: ["<class 'dict'>"], list: ["<class 'list'>", "<class 'tuple'>"], string: ["<class 'str'>"], integer: ["<class 'int'>"], long: ["<class 'int'>"],
  boolean: ["<class 'bool'>"], double: ["<class 'float'>", "<class 'decimal.Decimal'>", "<class 'int'>"], float: ["<class 'float'>", "<class 'decimal.Decimal'>", "<class 'int'>"],
  blob: ["<class 'bytes'>", "<class 'bytearray'>", 'file-like object'], timestamp: ["<class 'datetime.datetime'>", 'timestamp-string'],
};

function check(value: unknown, shape: Shape, path: string, findings: string[]): void {
  const name = path === '' ? 'input' : path.replace(/^\./, '');
  if (!fits(value, shape.kind)) {
    findings.push(`Invalid type for parameter ${name}, value: ${pythonText(value)}, type: ${pythonClass(value)}, valid types: ${PYTHON_KINDS[shape.kind].join(', ')}`);
    return;
  }
  const least = (amount: number, what: 'length' | 'value'): void => {
    if ('min' in shape && shape.min !== undefined && amount < shape.min) {
      findings.push(`Invalid ${what} for parameter ${name}, value: ${amount}, valid min ${what}: ${shape.min}`);
    }
  };
  switch (shape.kind) {
    case 'structure': {
      const fields = value as Fields;
      for (const required of shape.required) if (!Object.hasOwn(fields, required)) findings.push(`Missing required parameter in ${name}: "${required}"`);
      const known = Object.keys(fields).filter(key => {
        if (shape.members.has(key)) return true;
        findings.push(`Unknown parameter in ${name}: "${key}", must be one of: ${[...shape.members.keys()].join(', ')}`);
        return false;
      });
      for (const key of known) check(fields[key], shape.members.get(key)!, `${path}.${key}`, findings);
      break;
    }
    case 'list': {
      const items = value as readonly unknown[];
      least(items.length, 'length');
      items.forEach((item, at) => check(item, shape.item, `${path}[${at}]`, findings));
      break;
    }
    case 'map':
      for (const [key, inner] of Object.entries(value as Fields)) {
        check(key, shape.key, `${path} (key: ${key})`, findings);
        check(inner, shape.value, `${path}.${key}`, findings);
      }
      break;
    case 'string': least((value as string).length, 'length'); break;
    case 'integer': case 'long': case 'double': case 'float': least(value as number, 'value'); break;
    default:
  }
}

function fits(value: unknown, kind: Shape['kind']): boolean {
  switch (kind) {
    case 'structure': case 'map': return typeof value === 'object' && value !== null && !Array.isArray(value);
    case 'list': return Array.isArray(value);
    case 'string': case 'blob': return typeof value === 'string';
    case 'integer': case 'long': return (typeof value === 'number' && Number.isInteger(value)) || typeof value === 'boolean';
    case 'double': case 'float': return typeof value === 'number' || typeof value === 'boolean';
    case 'boolean': return typeof value === 'boolean';
    case 'timestamp': return typeof value === 'number' || (typeof value === 'string' && /^\d/.test(value));
  }
}

function pythonClass(value: unknown): string {
  if (value === null) return "<class 'NoneType'>";
  if (Array.isArray(value)) return "<class 'list'>";
  if (typeof value === 'number') return Number.isInteger(value) ? "<class 'int'>" : "<class 'float'>";
  return typeof value === 'string' ? "<class 'str'>" : typeof value === 'boolean' ? "<class 'bool'>" : "<class 'dict'>";
}

/** A value as Python's `str()` shows it. */
export function pythonText(value: unknown, inner = false): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string') return inner ? `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'` : value;
  if (Array.isArray(value)) return `[${value.map(item => pythonText(item, true)).join(', ')}]`;
  if (typeof value === 'object') return `{${Object.entries(value).map(([key, item]) => `'${key}': ${pythonText(item, true)}`).join(', ')}}`;
  return String(value);
}
