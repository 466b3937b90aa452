import { expect } from 'chai';
import type { Client } from './client.js';
import type { Job } from './contract.js';

export interface ReportJob extends Omit<Job, 'result'> {
  readonly progress: number;
  readonly result: {
    readonly url: string | null;
    readonly manifest_url: string | null;
    readonly expires_at: string | null;
    readonly filename: string;
    readonly rows: number;
    readonly bytes: number;
    readonly sha256: string;
    readonly total: string;
    readonly closing?: { readonly hash: string; readonly previous: string | null } & Readonly<Record<string, unknown>>;
  } | null;
}

/** The UTC month that runs now: `2026-11`. */
export function thisMonth(): string {
  return new Date().toISOString().slice(0, 7);
}

/** Of `2026-11`: `2026-10`. */
export function monthBefore(month: string): string {
  const [year = 0, number = 0] = month.split('-').map(Number);
  return new Date(Date.UTC(year, number - 2, 1)).toISOString().slice(0, 7);
}

/** Orders a report and answers its job once it is completed. */
export async function finishedReport(client: Client, request: object): Promise<ReportJob> {
  const { status, body, text } = await client.post<ReportJob>('/v1/reports', request, { prefer: 'wait=30' });
  expect(status, text).to.equal(200);
  expect(body.status, text).to.equal('completed');
  return body;
}
