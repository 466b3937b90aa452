import { CommanderError } from 'commander';
import { commandLine } from './command-line.js';
import { tellParent } from './parent.js';

const FAILED = 1;
const USAGE_ERROR = 2;

await main();

async function main(): Promise<void> {
  try {
    await commandLine().parseAsync();
  } catch (error) {
    // Commander has said what is wrong, or has shown the help that was asked for.
    if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : USAGE_ERROR);
    const { describeFailure } = await import('./failures.js');
    const reason = describeFailure(error);
    // Whoever started us ends with our reason, and says it last of all.
    if (process.connected) await tellParent({ kind: 'failed', reason });
    // On exit, so that it comes after what the logger has still to write.
    else process.once('exit', () => process.stderr.write(`saldo: ${reason}\n`));
    process.exit(FAILED);
  }
}
