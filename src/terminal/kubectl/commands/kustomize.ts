import { fail } from '../client/failure.ts';
import { defineCommand } from '../command.ts';
import { printYaml } from '../objects/yaml.ts';
import { buildKustomization } from '../resource-builder/kustomize.ts';

export const kustomize = defineCommand({
  path: 'kustomize',
  *run(session) {
    if (session.args.length > 1) fail('specify one path to kustomization.yaml');
    const objects = buildKustomization(session, session.path(session.args[0] ?? '.'));
    yield* session.out(objects.map(object => printYaml(object)).join('---\n'));
    return 0;
  },
});
