import { randomUUID } from 'node:crypto';
import type { Database } from '../database.js';
import { statement } from '../statement.js';
import { reportOf, type Report, type ReportRow } from './report.js';

/** So long a report belongs to whoever took it, unless they tell that they still have it. */
const CLAIM_S = 6;

/** A report that this process writes. Whatever it does to the report needs the claim. */
export interface ClaimedReport extends Report {
  readonly claim: string;
}

const claim = statement<{ id: string; claim: string; claim_s: number }, ReportRow>('reports/claim-report');
const renew = statement<{ id: string; claim: string; claim_s: number; progress: number }, { readonly id: string }>(
  'reports/renew-claim',
);
const release = statement<{ id: string; claim: string }, { readonly id: string }>('reports/release-claim');

/** Takes a report to write it. Undefined if another has it, or if it has ended. */
export async function claimReport(database: Database, id: string): Promise<ClaimedReport | undefined> {
  const claimId = randomUUID();
  const [row] = await claim(database, { id, claim: claimId, claim_s: CLAIM_S });
  return row && { ...reportOf(row), claim: claimId };
}

/** Tells that the report is still being written, and how far, in per cent. False: it is no longer ours. */
export async function renewClaim(database: Database, report: ClaimedReport, progress: number): Promise<boolean> {
  return (await renew(database, { id: report.id, claim: report.claim, claim_s: CLAIM_S, progress })).length > 0;
}

/** Puts a report back, for another to take. */
export async function releaseReport(database: Database, report: ClaimedReport): Promise<void> {
  await release(database, { id: report.id, claim: report.claim });
}
