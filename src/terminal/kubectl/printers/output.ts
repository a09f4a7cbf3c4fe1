/** `-o`: which printer a command line asks for, and what it makes of objects. */
import type { Json } from '../client/api-client.ts';
import { CliFailure, fail } from '../client/failure.ts';
import { printJson } from '../objects/json.ts';
import { printYaml } from '../objects/yaml.ts';
import type { Session } from '../session.ts';
import { type Column, columnsText, parseColumns, parseColumnsFile } from './custom-columns.ts';
import { parseTemplate, renderTemplate, TemplateError } from './go-template.ts';
import { goSyntax } from './go-syntax.ts';
import { findAll, JsonPathError, parseJsonPath, renderJsonPath } from './jsonpath.ts';
import { alignTabs, TABLE_STOPS } from './tabwriter.ts';

/** Turns objects into text, one call an object (or list). */
export type Printer = (object: Json) => string;

/** The printer for `-o`, or `undefined` for the command's own text (no `-o`, `-o wide`). @throws CliFailure for an unknown format */
export function printerFor(session: Session, options: { own?: readonly string[]; keepOrder?: boolean; nameSuffix?: string } = {}): Printer | undefined {
  const { flags } = session;
  let output = flags.has('output') ? flags.str('output') : '';
  const template = flags.has('template') ? flags.str('template') : '';
  if (output === '' && template !== '') output = 'go-template';
  if (output === '' || options.own?.includes(output)) return undefined;
  const showManaged = flags.has('show-managed-fields') && flags.bool('show-managed-fields');
  const strip: (object: Json) => Json = showManaged ? object => object : withoutManagedFields;
  const [format, argument] = splitOutput(output);
  const allowMissing = !flags.has('allow-missing-template-keys') || flags.bool('allow-missing-template-keys');
  const allowed = allowedFormats(session);
  if (!allowed.includes(format)) {
    fail(`unable to match a printer suitable for the output format ${JSON.stringify(format === output ? output : output)}, allowed formats are: ${allowed.join(',')}`);
  }
  switch (format) {
    case 'json': return object => printJson(strip(object), options.keepOrder ? { keepOrder: true } : {});
    case 'yaml': return numbered(object => printYaml(strip(object)));
    case 'name': return object => nameLines(object, options.nameSuffix ?? '');
    case 'kyaml': return fail('output format "kyaml" is not modelled; yaml and json are');
    case 'jsonpath': case 'jsonpath-file': case 'jsonpath-as-json':
      return jsonPathPrinter(format === 'jsonpath-file' ? readTemplate(session, argument || template, format) : argument || template, format, allowMissing, strip);
    case 'go-template': case 'template': case 'go-template-file': case 'templatefile': {
      const isFile = format.endsWith('file');
      const text = isFile ? readTemplate(session, argument || template, format) : argument || template;
      if (text === '') fail('template format specified but no template given');
      return templatePrinter(text, allowMissing, strip);
    }
    default: {
      const columns = format === 'custom-columns-file' ? parseColumnsFile(readTemplate(session, argument, format)) : parseColumns(argument);
      return columnsPrinter(columns, !(flags.has('no-headers') && flags.bool('no-headers')), strip);
    }
  }
}

function splitOutput(output: string): [format: string, argument: string] {
  const equals = output.indexOf('=');
  if (equals < 0) return [output, ''];
  return [output.slice(0, equals), output.slice(equals + 1)];
}

/** Formats the command's own help names, sorted. */
export function allowedFormats(session: Session): string[] {
  const text = session.spec.flags.find(flag => flag.name === 'output')?.text ?? '';
  const list = /One of: \(([^)]*)\)/.exec(text)?.[1] ?? '';
  return list.split(', ').filter(name => name !== '').sort();
}

function readTemplate(session: Session, path: string, format: string): string {
  if (path === '') fail(`${format.replace('-file', '').replace('file', '')} format specified but no ${format.startsWith('custom') ? 'custom columns' : 'template'} given`);
  const { files } = session.process.system;
  if (!files.stat(session.path(path))) fail(`error reading template ${path}, open ${path}: no such file or directory\n`);
  return files.read(session.path(path));
}

/** After the first, each YAML document starts with its own separator. */
function numbered(print: Printer): Printer {
  let count = 0;
  return object => {
    count += 1;
    return count > 1 ? `---\n${print(object)}` : print(object);
  };
}

function jsonPathPrinter(template: string, format: string, allowMissing: boolean, strip: (object: Json) => Json): Printer {
  if (template === '') fail('template format specified but no template given');
  const path = (() => {
    try {
      return parseJsonPath(template);
    } catch (error) {
      if (error instanceof JsonPathError) throw new CliFailure(`error parsing jsonpath ${template}, ${error.message}`);
      throw error;
    }
  })();
  return object => {
    const data = strip(object);
    try {
      if (format === 'jsonpath-as-json') return printJson(findAll(path, data, { allowMissing }).flat());
      return renderJsonPath(path, data, { allowMissing });
    } catch (error) {
      if (!(error instanceof JsonPathError)) throw error;
      throw new CliFailure(`error executing jsonpath ${JSON.stringify(template)}: Error executing template: ${error.message}. Printing more information for debugging the template:\n`
        + `\ttemplate was:\n\t\t${template}\n\tobject given to jsonpath engine was:\n\t\t${goSyntax(data)}\n\n`);
    }
  };
}

function templatePrinter(text: string, allowMissing: boolean, strip: (object: Json) => Json): Printer {
  try {
    const template = parseTemplate(text);
    return object => {
      try {
        return renderTemplate(template, strip(object), { allowMissing });
      } catch (error) {
        if (!(error instanceof TemplateError)) throw error;
        throw new CliFailure(`error executing template ${JSON.stringify(text)}: ${error.message}`);
      }
    };
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw new CliFailure(`error parsing template ${text}, ${error.message}`);
  }
}

function columnsPrinter(columns: readonly Column[], headers: boolean, strip: (object: Json) => Json): Printer {
  const stops = { ...TABLE_STOPS, remembered: [] };
  let first = true;
  return object => {
    const data = strip(object);
    const text = columnsText(columns, isList(data) ? data.items as Json[] : [data], headers && first);
    first = false;
    return alignTabs(text, stops);
  };
}

const isList = (object: Json): boolean => Array.isArray(object.items) && String(object.kind ?? '').endsWith('List');

function nameLines(object: Json, suffix: string): string {
  if (isList(object)) return (object.items as Json[]).map(item => nameLines(item, suffix)).join('');
  const [group] = String(object.apiVersion ?? '').includes('/') ? String(object.apiVersion).split('/') : [''];
  const kind = String(object.kind ?? '').toLowerCase();
  return `${group ? `${kind}.${group}` : kind}/${String((object.metadata as Json | undefined)?.name ?? '')}${suffix}\n`;
}

/** The object, or each item of a list, without `metadata.managedFields`. */
export function withoutManagedFields(object: Json): Json {
  if (isList(object)) return { ...object, items: (object.items as Json[]).map(withoutManagedFields) };
  const metadata = object.metadata as Json | undefined;
  if (metadata?.managedFields === undefined) return object;
  const { managedFields: _, ...rest } = metadata;
  return { ...object, metadata: rest };
}
