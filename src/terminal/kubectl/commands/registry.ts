/** Every command there is, one line each. */
import type { Command } from '../command.ts';
import { get } from './get.ts';
import { version } from './version.ts';

const all: readonly Command[] = [get, version];

export const commands: ReadonlyMap<string, Command> = new Map(all.map(command => [command.path, command]));
