/** `api-resources` and `api-versions`. */
import { apiVersionOf } from '../client/api-client.ts';
import { slugResource } from '../client/discovery.ts';
import { fail } from '../client/failure.ts';
import { type Command, defineCommand } from '../command.ts';
import { allowedFormats } from '../printers/output.ts';
import { alignTabs, TABLE_STOPS } from '../printers/tabwriter.ts';

const apiResources = defineCommand({
  path: 'api-resources',
  *run(session) {
    const { flags, args } = session;
    if (args.length > 0) session.usage(`unexpected arguments: [${args.join(' ')}]`);
    const output = flags.str('output');
    if (!['', 'wide', 'name'].includes(output)) fail(`unable to match a printer suitable for the output format ${JSON.stringify(output)}, allowed formats are: ${[...allowedFormats(session), 'wide'].filter((each, index, all) => all.indexOf(each) === index).sort().join(',')}`);
    if (!['', 'name', 'kind'].includes(flags.str('sort-by'))) fail('--sort-by accepts only name or kind');
    const found = yield* session.discovery.all({ refresh: !flags.bool('cached') });
    const preferred = new Set(found.groups.map(({ group, versions }) => `${group}/${versions[0]}`));
    const resources = found.resources.filter(type => preferred.has(`${type.group}/${type.version}`) && type.verbs.length > 0
      && (!flags.changed('api-group') || type.group === flags.str('api-group'))
      && (!flags.changed('namespaced') || type.namespaced === flags.bool('namespaced'))
      && flags.list('verbs').every(verb => type.verbs.includes(verb))
      && flags.list('categories').every(category => type.categories.includes(category)));
    const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
    const by = flags.str('sort-by');
    resources.sort((a, b) => (by === 'name' ? compare(a.plural, b.plural) : by === 'kind' ? compare(a.kind, b.kind)
      : compare(a.group, b.group) || compare(a.plural, b.plural)));
    if (output === 'name') { yield* session.out(resources.map(type => `${slugResource(type)}\n`).join('')); return 0; }
    const rows = resources.map(type => [type.plural, type.shortNames.join(','), apiVersionOf(type), String(type.namespaced), type.kind,
      ...(output === 'wide' ? [[...type.verbs].join(','), type.categories.join(',')] : [])].join('\t'));
    if (!flags.bool('no-headers')) rows.unshift(`NAME\tSHORTNAMES\tAPIVERSION\tNAMESPACED\tKIND${output === 'wide' ? '\tVERBS\tCATEGORIES' : ''}`);
    if (rows.length > 0) yield* session.out(alignTabs(`${rows.join('\n')}\n`, TABLE_STOPS));
    return 0;
  },
});

const apiVersions = defineCommand({
  path: 'api-versions',
  *run(session) {
    if (session.args.length > 0) session.usage(`unexpected arguments: [${session.args.join(' ')}]`);
    const found = yield* session.discovery.all({ refresh: true });
    const versions = found.groups.flatMap(({ group, versions: list }) => list.map(version => apiVersionOf({ group, version })));
    yield* session.out(versions.sort().map(version => `${version}\n`).join(''));
    return 0;
  },
});

export const discoveryCommands: readonly Command[] = [apiResources, apiVersions];
