import { contentFromFiles } from '../../../src/hosts/content-files.ts';
import { play } from './play.ts';

console.log(JSON.stringify(await play(contentFromFiles())));
