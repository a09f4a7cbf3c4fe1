/**
 * The programs of `../laptop-programs.ts`, loaded after the first frame. The worker hands no line to the world before they
 * are there ({@link loadLaptopPrograms}), so a run is the same whenever they came.
 */
import type { SchemaTexts } from '../../engine/api-server/openapi.ts';
import { assert } from '../../engine/kernel/assert.ts';
import type * as Programs from '../laptop-programs.ts';

let programs: typeof Programs | undefined;
let texts: SchemaTexts | undefined;
let loading: Promise<void> | undefined;

/** Loads what lines of the terminal may need: the programs, and the texts of `kubectl explain`. */
export function loadLaptopPrograms(): Promise<void> {
  loading ??= Promise.all([import('../laptop-programs.ts'), import('../../engine/api-server/schema/texts.json')]).then(([code, { default: data }]) => {
    programs = code;
    texts = data as unknown as SchemaTexts;
  });
  return loading;
}

export const schemaTexts = (): SchemaTexts | undefined => texts;

function loaded(): typeof Programs {
  assert(programs, 'a line came before the programs of the laptop');
  return programs;
}

export const createAws: typeof Programs.createAws = options => {
  let aws: ReturnType<typeof Programs.createAws> | undefined;
  return function* later(process) {
    aws ??= loaded().createAws(options);
    return yield* aws(process);
  };
};

export const createEksctl: typeof Programs.createEksctl = options => {
  let eksctl: ReturnType<typeof Programs.createEksctl> | undefined;
  return function* later(process) {
    eksctl ??= loaded().createEksctl(options);
    return yield* eksctl(process);
  };
};

export const createKubectl: typeof Programs.createKubectl = options => {
  let kubectl: ReturnType<typeof Programs.createKubectl> | undefined;
  return function* later(process) {
    kubectl ??= loaded().createKubectl(options);
    return yield* kubectl(process);
  };
};

export const kubectlCompleter: typeof Programs.kubectlCompleter = (...parts) => {
  let complete: ReturnType<typeof Programs.kubectlCompleter> | undefined;
  return (words, index) => (complete ??= loaded().kubectlCompleter(...parts))(words, index);
};

export const completeAws: typeof Programs.completeAws = (...parts) => loaded().completeAws(...parts);

export const completeEksctl: typeof Programs.completeEksctl = (...parts) => loaded().completeEksctl(...parts);
