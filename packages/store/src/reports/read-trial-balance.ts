import type { AccountKind } from '@saldo/ledger';
import { statement } from '../statement.js';
import type { Snapshot } from './snapshot.js';

/** What all accounts of a kind held together. */
export interface TrialBalanceLine {
  readonly kind: AccountKind;
  readonly accounts: number;
  readonly balanceUnits: bigint;
}

const trialBalance = statement<
  { at: string },
  { readonly kind: AccountKind; readonly accounts: bigint; readonly balance: string }
>('reports/trial-balance');
const cursors = statement<object, { readonly cursors: string }>('reports/ledger-cursors');

/** Every kind of account at a moment (RFC 3339, or `infinity` for that of the snapshot): together they are zero. */
export async function readTrialBalance(snapshot: Snapshot, at: string): Promise<TrialBalanceLine[]> {
  const rows = await trialBalance(snapshot, { at });
  return rows.map(({ kind, accounts, balance }) => ({
    kind,
    accounts: Number(accounts),
    balanceUnits: BigInt(balance),
  }));
}

/** Tells one state of the whole ledger from another. */
export async function readLedgerBasis(snapshot: Snapshot): Promise<string> {
  const [row] = await cursors(snapshot, {});
  return row?.cursors ?? '';
}
