import type { Settings } from '@saldo/config';
import { startGateway } from '@saldo/gateway';
import { CommandError } from '../failures.js';
import { serve } from '../serve.js';

export async function runGateway(): Promise<void> {
  await serve('gateway', async (settings, logger) => {
    try {
      return await startGateway(settings, logger);
    } catch (error) {
      throw describeListenError(error, settings) ?? error;
    }
  });
}

/** Why it can't listen, naming the setting that says where; undefined for any other error. */
function describeListenError(error: unknown, { port, host }: Settings): CommandError | undefined {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return undefined;
  if (error.syscall !== 'listen' && error.syscall !== 'getaddrinfo') return undefined;
  switch (error.code) {
    case 'EADDRINUSE':
      return new CommandError(`PORT ${port} is in use on ${host} by another program; set PORT to use another`);
    case 'EACCES':
      return new CommandError(`PORT ${port} may not be listened on by this user; set PORT to use another`);
    default:
      return new CommandError(`HOST ${host} is no address of this machine (${error.message})`);
  }
}
