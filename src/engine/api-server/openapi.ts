/** OpenAPI v3 documents, one a group and version. */
import type { Draft } from '../apimachinery/json.ts';
import type { Resources } from './resources.ts';

export class OpenApi {
  constructor(private readonly resources: Resources) {}

  index(): Draft {
    const paths: Draft = {};
    for (const group of this.resources.groups) {
      for (const version of this.resources.versionsOf(group)) {
        const path = group === '' ? `api/${version}` : `apis/${group}/${version}`;
        paths[path] = { serverRelativeURL: `/openapi/v3/${path}?hash=1` };
      }
    }
    return { paths };
  }

  document(_path: string): Draft | undefined {
    return undefined;
  }
}
