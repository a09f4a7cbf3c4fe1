/** `--generate-cli-skeleton`: an example of what an operation takes or gives. */
import type { Shape } from './models/model.ts';

export const inputSkeleton = (shape: Shape): unknown => skeleton(shape, '', false, []);
export const outputSkeleton = (shape: Shape): unknown => skeleton(shape, '', true, []);

/** @param names texts are the names of their members instead of empty */
function skeleton(shape: Shape, name: string, names: boolean, within: readonly string[]): unknown {
  const inside = [...within, shape.name];
  switch (shape.kind) {
    case 'structure': {
      if (inside.filter(other => other === shape.name).length > 1) return {};
      return Object.fromEntries([...shape.members].map(([member, inner]) => [member, skeleton(inner, member, names, inside)]));
    }
    case 'list': return [skeleton(shape.item, names ? shape.item.name : '', names, inside)];
    case 'map': return { KeyName: skeleton(shape.value, '', names, inside) };
    case 'string': return names ? name : shape.values?.[0] ?? '';
    case 'integer': case 'long': case 'float': case 'double': return 0;
    case 'boolean': return true;
    case 'timestamp': return '1970-01-01T00:00:00';
    case 'blob': return null;
  }
}
