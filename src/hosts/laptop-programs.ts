/**
 * Programs of the learner's machine that are clients of the world. `#laptop-programs` stands for this file everywhere but
 * in a browser, where `worker/laptop-programs.ts` brings the same after the first frame.
 */
export { completeAws } from '../terminal/aws/complete.ts';
export { createAws } from '../terminal/aws/program.ts';
export { completeEksctl } from '../terminal/eksctl/complete.ts';
export { createEksctl } from '../terminal/eksctl/program.ts';
export { createKubectl } from '../terminal/kubectl/program.ts';
export { kubectlCompleter } from './kubectl-completion.ts';
