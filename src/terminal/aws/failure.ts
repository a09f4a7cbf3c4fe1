/** How a run of `aws` ends early: what it prints on standard error and its exit code. */

/** Exit codes of the AWS CLI 2. */
export const EXIT = { usage: 252, configuration: 253, refusedByService: 254, general: 255 } as const;

/** Ends the program with a message, printed between two line ends as the CLI does. */
export class AwsFailure extends Error {
  constructor(message: string, readonly exitCode: number = EXIT.general, readonly text = `\n${message}\n`) {
    super(message);
  }
}

const USAGE = `aws [options] <command> <subcommand> [<subcommand> ...] [parameters]
To see help text, you can run:

  aws help
  aws <command> help
  aws <command> <subcommand> help
`;

/** A mistake of the command line, below the usage lines. */
export function usageFailure(message: string): AwsFailure {
  return new AwsFailure(`usage: ${USAGE}\naws: error: ${message}\n`, EXIT.usage);
}

/** Options nobody declared. */
export function unknownOptions(words: readonly string[]): AwsFailure {
  const message = `Unknown options: ${words.join(', ')}`;
  return new AwsFailure(message, EXIT.usage, `\nusage: ${USAGE}\n${message}\n\n`);
}

/** A value that cannot be understood, before anything is sent. */
export const parameterFailure = (message: string): AwsFailure => new AwsFailure(message, EXIT.usage);

/** What AWS answered. */
export function serviceFailure(operation: string, error: { readonly code: string; readonly message: string }): AwsFailure {
  return new AwsFailure(`An error occurred (${error.code}) when calling the ${operation} operation: ${error.message}`, EXIT.refusedByService);
}

/** Something the program does not model, in one line that names the nearest thing it does. */
export const notModelled = (what: string, nearest: string): AwsFailure => new AwsFailure(`${what} is not modelled; ${nearest}`);
