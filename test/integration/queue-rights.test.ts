import { connectCarrier, migrateQueue, type Envelope } from '@saldo/queue';
import { expect } from 'chai';
import { sharedPostgres } from '../support/postgres.js';
import { runSql } from '../support/sql.js';
import { until } from '../support/until.js';

describe('A queue over Postgres that a worker may not use', () => {
  it('leaves the worker in peace until it may, and then has its work done', async () => {
    const databaseUrl = await (await sharedPostgres()).createDatabase();
    const role = `kept_out_${new URL(databaseUrl).pathname.slice(1)}`;
    await runSql(databaseUrl, `create role ${role} nologin`);
    await migrateQueue(databaseUrl);
    const errors: Error[] = [];
    const received: Envelope[] = [];
    const options = { redisUrl: undefined, databaseUrl, databaseRole: role, workers: 1 };
    const carrier = connectCarrier({ ...options, onError: (error) => errors.push(error) });
    const worker = carrier.workLane(0, (envelope) => Promise.resolve(void received.push(envelope)));
    try {
      // Timers fire while it has nothing but errors to tell, and it doesn't tell them all the time.
      await until('it has tried again', () => errors.length > 5);
      expect(errors.length).to.be.lessThan(50);
      expect(errors[0]?.message).to.include('permission denied');
      await migrateQueue(databaseUrl, role);
      const sender = connectCarrier({ ...options, onError: (error) => errors.push(error) });
      await sender.sendEnvelope(0, { priority: 'normal', last: 1 });
      await until('the envelope has come', () => received.length > 0, { timeoutMs: 10_000 });
      await sender.close();
    } finally {
      await worker.close();
      await carrier.close();
    }
    expect(received).to.deep.equal([{ priority: 'normal', last: 1 }]);
    await runSql(databaseUrl, `drop owned by ${role}; drop role ${role}`);
  });
});
