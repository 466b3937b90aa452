const { writeFileSync } = require('node:fs');
const { reporters, Runner } = require('mocha');

/** Mocha's usual report; when the run ends, its counts also go to the file named by COUNTS_FILE. */
module.exports = class CountingReporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures, pending } = this.stats;
      writeFileSync(process.env.COUNTS_FILE, `${passes} ${failures} ${pending}\n`);
    });
  }
};
