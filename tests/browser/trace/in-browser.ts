import { bundledContent } from '../../../src/hosts/worker/content.ts';
import { play } from './play.ts';

(window as unknown as { played: Promise<unknown> }).played = play(bundledContent);
