/** Commands beside the operations of a service, by the word after `aws`. */
import type { CustomCommand } from '../custom-command.ts';
import { configureCommands } from './configure.ts';
import { getLoginPassword } from './ecr.ts';
import { getToken, updateKubeconfig } from './eks.ts';

export const CUSTOM: Readonly<Record<string, readonly CustomCommand[]>> = { eks: [updateKubeconfig, getToken], ecr: [getLoginPassword], configure: configureCommands };
