import type { AccountKind, AccountParts, OperationType } from '@saldo/ledger';
import type { Knex } from 'knex';
import type { Database } from './database.js';

/** Where a page of a history ended. */
export interface HistoryCursor {
  readonly id: bigint;
  readonly direction: Direction;
  readonly amountUnits: bigint;
}

type Direction = 'debit' | 'credit';

export interface HistoryFilter {
  readonly userId: string;
  readonly sort: '-created_at' | 'created_at' | '-amount' | 'amount';
  readonly type: OperationType | undefined;
  /** RFC 3339; inclusive. */
  readonly from: string | undefined;
  /** RFC 3339; exclusive. */
  readonly to: string | undefined;
  readonly after: HistoryCursor | undefined;
  readonly limit: number;
}

/** One movement on one of a user's accounts. */
export interface HistoryEntry extends HistoryCursor {
  readonly jobId: string;
  readonly type: OperationType;
  readonly wallet: string;
  readonly balanceUnits: bigint;
  readonly sequence: bigint;
  /** The account on the other side. */
  readonly counterparty: AccountParts;
  readonly orderId: string | null;
  readonly serviceId: string | null;
  /** What the caller wrote, if anything. */
  readonly description: string | null;
  readonly appliedAt: string;
}

interface Row {
  readonly id: bigint;
  readonly job_id: string;
  readonly type: OperationType;
  readonly direction: Direction;
  readonly amount: bigint;
  readonly balance: bigint;
  readonly sequence: bigint;
  readonly wallet: string;
  readonly other_kind: AccountKind;
  readonly other_owner: string;
  readonly other_wallet: string;
  readonly order_id: string | null;
  readonly service_id: string | null;
  readonly description: string | null;
  readonly applied_at: string;
}

/**
 * What moved a user's money. Seen from the available accounts; a capture, which only touches the reserved one, from
 * there. A transfer between the user's own wallets is two entries. Keyset on (id) or (amount, id), where ids follow
 * the order of applying on every account.
 */
export async function listUserOperations(database: Database, filter: HistoryFilter): Promise<HistoryEntry[]> {
  const direction = filter.sort.startsWith('-') ? 'desc' : 'asc';
  const byAmount = filter.sort.endsWith('amount');
  const { knex } = database;
  const sides = (['debit', 'credit'] as const).map((side) => sideQuery(knex, filter, side, direction, byAmount));
  const page = knex.from(knex.unionAll(sides, true).as('side'));
  if (byAmount) void page.orderBy('amount', direction);
  const rows = (await page
    .orderBy([
      { column: 'id', order: direction },
      { column: 'direction', order: direction },
    ])
    .limit(filter.limit)
    .join('accounts as other', 'other.id', 'other_account')
    .join('jobs', 'jobs.id', 'job_id')
    .select(
      'side.*',
      'other.kind as other_kind',
      'other.owner as other_owner',
      'other.wallet as other_wallet',
      knex.raw(`jobs.request ->> 'description' as description`),
    )) as Row[];
  return rows.map(entryOf);
}

/** The newest (or largest, …) movements of each of the user's accounts on one side. */
function sideQuery(
  knex: Knex,
  filter: HistoryFilter,
  side: Direction,
  order: 'asc' | 'desc',
  byAmount: boolean,
): Knex.QueryBuilder {
  const other = side === 'debit' ? 'credit' : 'debit';
  const movements = knex('operations as o')
    .whereRaw(
      `o.${side}_account = a.id and o.${side}_sequence is not null and (a.kind = 'available' or o.type = 'capture')`,
    )
    .limit(filter.limit);
  if (byAmount) void movements.orderBy('o.amount', order);
  void movements.orderBy('o.id', order);
  if (filter.type !== undefined) void movements.where('o.type', filter.type);
  if (filter.from !== undefined) void movements.where('o.applied_at', '>=', filter.from);
  if (filter.to !== undefined) void movements.where('o.applied_at', '<', filter.to);
  if (filter.after !== undefined) beyond(movements, filter.after, side, order, byAmount);
  return knex('accounts as a')
    .crossJoin(knex.raw('lateral ?', [movements.as('o')]))
    .where({ 'a.owner': filter.userId })
    .whereIn('a.kind', ['available', 'reserved'])
    .select(
      'o.id',
      'o.job_id',
      'o.type',
      knex.raw('? as direction', [side]),
      'o.amount',
      `o.${side}_balance as balance`,
      `o.${side}_sequence as sequence`,
      'a.wallet',
      `o.${other}_account as other_account`,
      'o.order_id',
      'o.service_id',
      'o.applied_at',
    );
}

/** Only what comes after the cursor. A movement within one user has two sides, which sort by name. */
function beyond(
  query: Knex.QueryBuilder,
  after: HistoryCursor,
  side: Direction,
  order: 'asc' | 'desc',
  byAmount: boolean,
): void {
  const sign = order === 'desc' ? '<' : '>';
  const sameMovement = order === 'desc' ? side < after.direction : side > after.direction;
  const id = `o.id ${sign}${sameMovement ? '=' : ''} ?`;
  const [afterId, afterAmount] = [String(after.id), String(after.amountUnits)];
  if (byAmount) {
    void query.whereRaw(`(o.amount ${sign} ? or (o.amount = ? and ${id}))`, [afterAmount, afterAmount, afterId]);
  } else {
    void query.whereRaw(id, [afterId]);
  }
}

function entryOf(row: Row): HistoryEntry {
  return {
    id: row.id,
    direction: row.direction,
    amountUnits: row.amount,
    jobId: row.job_id,
    type: row.type,
    wallet: row.wallet,
    balanceUnits: row.balance,
    sequence: row.sequence,
    counterparty: { kind: row.other_kind, owner: row.other_owner, wallet: row.other_wallet },
    orderId: row.order_id,
    serviceId: row.service_id,
    description: row.description,
    appliedAt: row.applied_at,
  };
}
