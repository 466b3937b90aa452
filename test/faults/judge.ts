import type { OperationRequest } from '@saldo/ledger';
import { readProgress, verify, type Database } from '@saldo/store';
import pg from 'pg';
import { until } from '../support/until.js';
import type { Records, Sent } from './records.js';

/** A job as the database has it, with what came of it. */
interface Row {
  readonly id: string;
  readonly lane: number;
  readonly priority: number;
  readonly position: string;
  readonly request: OperationRequest;
  readonly outcomes: string;
  /** On the payer's side; null where it was rejected or the payer is no user. */
  readonly sequence: string | null;
}

/** All jobs of a lane's priority beyond a position. An operation that was applied twice has two outcomes. */
const READ_JOBS = `
  select j.id, j.lane, j.priority, j.position, j.request,
         (select count(*) from operations o where o.job_id = j.id and o.line = 0) as outcomes,
         (select case when j.type in ('deposit', 'refund') then o.credit_sequence else o.debit_sequence end
            from operations o where o.job_id = j.id and o.line = 0) as sequence
    from jobs j
   where j.lane = $1 and j.priority = $2 and j.position > $3
   order by j.position`;

/** Compares what the clients were told with what the books say. */
export class Judge {
  readonly #database: Database;
  readonly #databaseUrl: string;
  readonly #records: Records;
  /** How far each lane was judged, by lane and priority. */
  readonly #judged = new Map<string, number>();
  /** Job ids by the tags of their operations. */
  readonly #applied = new Map<string, string>();
  /** The last operation of each client on each user of its own. */
  readonly #last = new Map<string, { ordinal: number; sequence: number }>();

  constructor(database: Database, databaseUrl: string, records: Records) {
    this.#database = database;
    this.#databaseUrl = databaseUrl;
    this.#records = records;
  }

  /** Waits until all that was accepted is applied. Answers whether that came to pass. */
  async untilApplied(timeoutMs: number): Promise<boolean> {
    return until('all is applied', async () => (await this.#queued()) === 0, { timeoutMs }).then(
      () => true,
      () => false,
    );
  }

  /** Adds to the records' losses whatever is not as it was promised. Nothing may be under way. */
  async judge(): Promise<void> {
    const client = new pg.Client(this.#databaseUrl);
    await client.connect();
    try {
      for (const { lane, priority } of await readProgress(this.#database)) {
        const key = `${lane}/${priority}`;
        const index = ['high', 'normal', 'low'].indexOf(priority);
        const { rows } = await client.query<Row>(READ_JOBS, [lane, index, this.#judged.get(key) ?? 0]);
        for (const row of rows) this.#judgeJob(row);
        const last = rows.at(-1);
        if (last !== undefined) this.#judged.set(key, Number(last.position));
      }
    } finally {
      await client.end();
    }
    this.#judgeAccepted();
    const { differences } = await verify(this.#database);
    for (const difference of differences) this.#records.lose(`verify: ${difference}`);
  }

  async #queued(): Promise<number> {
    return (await readProgress(this.#database)).reduce((sum, { accepted, applied }) => sum + accepted - applied, 0);
  }

  #judgeJob(row: Row): void {
    const lose = (what: string): void => this.#records.lose(`job ${row.id}: ${what}`);
    const tag = row.request.description ?? '';
    const sent = this.#records.sent.get(tag);
    if (sent === undefined) {
      lose(`nobody sent it: ${JSON.stringify(row.request)}`);
      return;
    }
    if (!isSameOperation(sent.request, row.request)) lose(`something else was sent as ${tag}`);
    if (this.#applied.has(tag)) lose(`${tag} was accepted before as ${this.#applied.get(tag)}`);
    this.#applied.set(tag, row.id);
    if (Number(row.outcomes) !== 1) lose(`${tag} has ${row.outcomes} outcomes`);
    if (sent.fate.kind === 'accepted' && sent.fate.jobId !== row.id) {
      lose(`${tag} was answered with the job ${sent.fate.jobId}`);
    }
    this.#judgeOrder(sent, row, lose);
  }

  /** What a client sent after it had the answer to what went before is applied after that. */
  #judgeOrder(sent: Sent, row: Row, lose: (what: string) => void): void {
    const user = sent.request.user_id ?? sent.request.from_user_id ?? '';
    // Without an answer, it may have been on its way while the next was sent.
    if (sent.fate.kind !== 'accepted' || !user.startsWith(sent.client)) return;
    const before = this.#last.get(user) ?? { ordinal: 0, sequence: 0 };
    // A refusal has no sequence, and what debits the reserved account is numbered there.
    const isOnAvailable = row.sequence !== null && !['capture', 'release'].includes(sent.request.type);
    const sequence = isOnAvailable ? Number(row.sequence) : before.sequence;
    if (sent.ordinal < before.ordinal) lose(`${sent.tag} came after the client's operation ${before.ordinal}`);
    if (sequence < before.sequence) lose(`${sent.tag} has sequence ${sequence}, after ${before.sequence}`);
    this.#last.set(user, { ordinal: sent.ordinal, sequence });
  }

  #judgeAccepted(): void {
    for (const [tag, { fate, client }] of this.#records.sent) {
      if (fate.kind === 'accepted' && !this.#applied.has(tag)) {
        this.#records.lose(`${client} was told that ${tag} is accepted as ${fate.jobId}, and it is not there`);
      }
    }
  }
}

/** The database has it with defaults filled in and amounts spelled out. */
function isSameOperation(sent: OperationRequest, kept: OperationRequest): boolean {
  const named = ['type', 'user_id', 'from_user_id', 'to_user_id', 'order_id', 'service_id'] as const;
  return (
    named.every((name) => sent[name] === kept[name]) &&
    Number(sent.amount ?? 0) === Number(kept.amount ?? sent.amount ?? 0)
  );
}
