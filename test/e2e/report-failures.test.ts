import { readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { describeOnRedis, startRedis } from '../support/redis.js';
import { download } from '../support/download.js';
import { startOwnSaldo, type OwnSaldo } from '../support/own-saldo.js';
import { findProcesses } from '../support/processes.js';
import { finishedReport, monthBefore, thisMonth, type ReportJob } from '../support/reports.js';
import { startWorker } from '../support/saldo.js';
import { withSql } from '../support/sql.js';
import { until, type UntilOptions } from '../support/until.js';

const PATIENTLY: UntilOptions = { timeoutMs: 40_000 };

/** What may happen to a report on its way, on one queue. */
function promises(queue: () => Promise<Readonly<Record<string, string>>>) {
  return function (this: Mocha.Suite): void {
    this.timeout(90_000);
    let own: OwnSaldo;
    before(async () => {
      own = await startOwnSaldo(await queue());
    });
    after(async () => {
      await Promise.all([own.gateway.stop(), own.worker.stop()]);
    });

    const read = async (id: string): Promise<ReportJob> => (await own.admin.get<ReportJob>(`/v1/jobs/${id}`)).body;
    const order = async (request: object): Promise<ReportJob> => {
      const { status, body, text } = await own.admin.post<ReportJob>('/v1/reports', request);
      expect(status, text).to.equal(202);
      return body;
    };
    let year = 2000;
    /** A request that no other test has made. */
    const anotherMonth = (): object => ({ type: 'revenue', period: `${++year}-01` });
    const reportProcess = async (): Promise<number> => {
      const find = async () =>
        (await findProcesses(own.reportsDir)).find(({ commandLine }) => commandLine.includes('report-process'));
      return (await until('reports are made', find, PATIENTLY)).pid;
    };
    /** Reports of revenue can be begun, and not be finished, while `during` runs. */
    const whileHeldUp = <T>(during: () => Promise<T>): Promise<T> =>
      withSql(own.databaseUrl, async (client) => {
        await client.query('begin; lock table monthly_revenue in access exclusive mode');
        const result = await during();
        await client.query('rollback');
        return result;
      });
    const untilBegun = (id: string) =>
      until(
        'the report is begun',
        () =>
          withSql(own.databaseUrl, async (client) => {
            const { rows } = await client.query(`select from reports where id = $1 and status = 'running'`, [id]);
            return rows.length === 1;
          }),
        PATIENTLY,
      );

    it('that is asked for while an equal one is under way is that one', async () => {
      const request = anotherMonth();
      await whileHeldUp(async () => {
        const first = await order(request);
        await untilBegun(first.id);
        expect((await order(request)).id).to.equal(first.id);
        expect(await read(first.id)).to.include({ status: 'queued', finished_at: null });
      });
    });

    it('that is cancelled has failed, for whoever waits too; it may be asked for again', async () => {
      const request = anotherMonth();
      await whileHeldUp(async () => {
        const { id } = await order(request);
        await untilBegun(id);
        const waiting = own.admin.get<ReportJob>(`/v1/jobs/${id}?wait=30`);
        const { status, body } = await own.admin.send<ReportJob>('DELETE', `/v1/reports/${id}`);
        expect({ status, error: body.error?.code }).to.deep.equal({ status: 200, error: 'cancelled' });
        expect((await waiting).body).to.include({ status: 'failed', result: null });
        expect((await own.admin.send('DELETE', `/v1/reports/${id}`)).status).to.equal(200);
      });
      expect((await finishedReport(own.admin, request)).result).to.include({ rows: 0 });
    });

    it('whose writer is killed in the middle is taken up again; nobody sees half a file', async () => {
      const request = anotherMonth();
      const { id } = await whileHeldUp(async () => {
        const ordered = await order(request);
        await untilBegun(ordered.id);
        // What it would have left if it had come so far.
        await writeFile(join(own.reportsDir, `${ordered.id}.01234567.csv.part`), 'half');
        process.kill(await reportProcess(), 'SIGKILL');
        return ordered;
      });
      const job = await until(
        'it is completed',
        async () => {
          const found = await read(id);
          return found.status === 'completed' && found;
        },
        PATIENTLY,
      );
      expect((await download(own.gateway.url, job.result?.url)).status).to.equal(200);
      expect((await readdir(own.reportsDir)).filter((name) => name.startsWith(id))).to.have.length(1);
    });

    it('that was ordered while no worker ran, or whose task was lost, is made all the same', async () => {
      await own.worker.stop();
      const { id } = await order({ type: 'revenue', period: thisMonth() });
      // As if its task had been lost: it is another report to the queue.
      const lost = crypto.randomUUID();
      await withSql(own.databaseUrl, (client) => client.query('update reports set id = $1 where id = $2', [lost, id]));
      await startWorker(own.env);
      await until('it is completed', async () => (await read(lost)).status === 'completed', PATIENTLY);
    });

    it('is made by itself for those who want every month’s, once', async () => {
      const { status, body } = await own.admin.post<{ id: string }>('/v1/report-schedules', { type: 'revenue' });
      expect(status).to.equal(201);
      const again = await own.admin.post<{ id: string }>('/v1/report-schedules', { type: 'revenue', format: 'csv' });
      expect(again.body.id).to.equal(body.id);
      const count = async (): Promise<number> =>
        (await own.admin.readAll<ReportJob>('/v1/jobs?type=report')).filter(
          ({ request }) => request['period'] === monthBefore(thisMonth()),
        ).length;
      expect(await count()).to.equal(0);
      // A schedule of last month's has had the report of the month before it.
      await withSql(own.databaseUrl, (client) =>
        client.query(`update report_schedules set last_month = last_month - interval '1 month'`),
      );
      const other = await startWorker(own.env);
      await until('the month is reported', async () => (await count()) > 0, PATIENTLY);
      await other.stop();
      expect(await count()).to.equal(1);
      expect(await own.admin.readAll('/v1/report-schedules')).to.have.length(1);
      expect((await own.admin.send('DELETE', `/v1/report-schedules/${body.id}`)).status).to.equal(204);
      expect((await own.admin.send('DELETE', `/v1/report-schedules/${body.id}`)).status).to.equal(404);
    });

    it('is kept for as long as files are kept; then its file is gone, and what a crash left with it', async () => {
      const old = await finishedReport(own.admin, anotherMonth());
      const young = await finishedReport(own.admin, anotherMonth());
      await withSql(own.databaseUrl, (client) =>
        client.query(`update reports set finished_at = finished_at - interval '100 days' where id = $1`, [old.id]),
      );
      const stray = join(own.reportsDir, `${crypto.randomUUID()}.01234567.csv`);
      const foreign = join(own.reportsDir, 'notes.txt');
      for (const path of [stray, `${stray}.part`, foreign]) {
        await writeFile(path, 'x');
        await utimes(path, 0, 0);
      }
      // The folder is looked at when a worker starts.
      const other = await startWorker(own.env);
      await until('the old file is gone', async () => (await read(old.id)).result?.url === null, PATIENTLY);
      await until(
        'strays are gone',
        async () => {
          const names = await readdir(own.reportsDir);
          return !names.some((name) => name.includes('.01234567.') || name.startsWith(old.id));
        },
        PATIENTLY,
      );
      await other.stop();
      expect((await download(own.gateway.url, old.result?.url)).status).to.equal(404);
      expect((await download(own.gateway.url, young.result?.url)).status).to.equal(200);
      expect(await readdir(own.reportsDir)).to.include('notes.txt');
    });
  };
}

describeOnRedis(
  'A report on its way [queue on Redis]',
  promises(async () => {
    const redis = await startRedis({ isPersistent: false });
    if (redis === undefined) throw new Error('redis-server not found');
    return { REDIS_URL: redis.url };
  }),
);
describe(
  'A report on its way [queue on Postgres]',
  promises(() => Promise.resolve({})),
);
