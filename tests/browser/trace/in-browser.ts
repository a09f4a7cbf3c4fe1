import { loadContent, loadedContent } from '../../../src/hosts/worker/content.ts';
import { loadLaptopPrograms } from '../../../src/hosts/worker/laptop-programs.ts';
import { play, SOURCE } from './play.ts';

(window as unknown as { played: Promise<unknown> }).played = Promise.all([loadLaptopPrograms(), loadContent(SOURCE)]).then(() => play(loadedContent(SOURCE)!));
