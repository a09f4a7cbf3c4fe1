import { bundledContent } from '../../../src/hosts/worker/content.ts';
import { loadLaptopPrograms } from '../../../src/hosts/worker/laptop-programs.ts';
import { play } from './play.ts';

(window as unknown as { played: Promise<unknown> }).played = loadLaptopPrograms().then(() => play(bundledContent));
