import { cleanUp } from './cleanup.js';
import { expectNothingRunning } from './processes.js';
import { removeTemporaryFolders } from './temporary-folder.js';

/** Required by Mocha: ends what the tests share, and fails the run if any of its processes is still there. */
export const mochaHooks = {
  async afterAll(this: Mocha.Context): Promise<void> {
    this.timeout(90_000);
    await cleanUp();
    await expectNothingRunning();
    await removeTemporaryFolders();
  },
};
