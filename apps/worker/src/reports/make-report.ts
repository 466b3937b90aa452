import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { formatMoney } from '@saldo/ledger';
import {
  filenameOf,
  readRequest,
  storedName,
  writeManifest,
  writeReportFile,
  type Batches,
  type Cell,
  type ClosingFacts,
  type ReportRequest,
} from '@saldo/reports';
import {
  findClosing,
  findSameReport,
  readPreviousHash,
  readRevenue,
  Snapshot,
  type ClaimedReport,
  type ClosingEnd,
  type Database,
  type ReportEnd,
} from '@saldo/store';
import { removeParts } from './report-folder.js';
import { readBasis, readClosingFacts, readContents, revenueContents, type Contents } from './contents.js';

/** The closing before this one has no report yet, whose hash this one's needs. */
export class NotYetError extends Error {
  override readonly name = 'NotYetError';
}

interface Making {
  readonly database: Database;
  /** Where a report's snapshot is taken: patient, for that is read for long. */
  readonly snapshots: Database;
  readonly folder: string;
  readonly report: ClaimedReport;
  /** Aborted when the report is no longer wanted, or no longer ours. */
  readonly signal: AbortSignal;
  /** Hears how much is written, in per cent. */
  readonly onProgress: (percent: number) => void;
}

/**
 * Makes a report's file, all of it from one snapshot of the ledger. Where an equal report was made and the data is the
 * same, its file is this one's too. Throws what Postgres or the disk throws; then no file is left.
 */
export async function makeReport(making: Making): Promise<ReportEnd> {
  const request = readRequest(making.report.request);
  if (making.report.attempts > 1) await removeParts(making.folder, making.report.id);
  return Snapshot.run(making.snapshots, async (snapshot) => {
    if (request.type === 'closing') return makeClosing(making, snapshot, request);
    const basis = await readBasis(snapshot, request);
    const same = await findSame(making, basis);
    if (same !== undefined) return { status: 'completed', file: same, basis, closing: undefined };
    const { file } = await write(making, request, await readContents(snapshot, request), undefined);
    return { status: 'completed', file, basis, closing: undefined };
  });
}

type File = Extract<ReportEnd, { status: 'completed' }>['file'];

/** Only if it is really there: a folder may have been emptied. */
async function findSame({ database, folder, report }: Making, basis: string): Promise<File | undefined> {
  const same = await findSameReport(database, report.request, basis);
  if (same?.file === undefined) return undefined;
  const { isRemoved, ...file } = same.file;
  const isThere = await access(join(folder, file.file)).then(
    () => true,
    () => false,
  );
  return isThere && !isRemoved ? file : undefined;
}

/** A closed month's revenue, with a manifest that fixes the month and carries on the chain. */
async function makeClosing(
  making: Making,
  snapshot: Snapshot,
  request: Extract<ReportRequest, { type: 'closing' }>,
): Promise<ReportEnd> {
  const closing = await findClosing(making.database, making.report.id);
  if (closing === undefined) throw new Error('a closing report has no closing');
  const { number, month, closedAt } = closing;
  const previous = await readPreviousHash(making.database, number);
  if (previous === undefined) throw new NotYetError(`closing ${number - 1} has no report yet`);
  const lines = await readRevenue(snapshot, month);
  const facts = { number, month, closed_at: closedAt, ...(await readClosingFacts(snapshot, month)), previous };
  const { file, hash } = await write(making, request, revenueContents(lines), facts);
  const end: ClosingEnd = { number, manifest: file.manifest, hash, month, lines };
  return { status: 'completed', file, basis: await readBasis(snapshot, request), closing: end };
}

async function write(
  { folder, report, signal, onProgress }: Making,
  request: ReportRequest,
  { shape, batches, rows, totalUnits }: Contents,
  closing: ClosingFacts | undefined,
): Promise<{ file: File; hash: string }> {
  const name = storedName(report.id, report.claim, request.format);
  const { bytes, sha256 } = await writeReportFile({
    folder,
    name,
    format: request.format,
    shape,
    batches: watched(batches, rows, signal, onProgress),
  });
  const filename = filenameOf(request);
  const total = formatMoney(totalUnits);
  const { text: manifest, hash } = writeManifest({
    saldo: 'report',
    version: 1,
    request,
    created_at: report.createdAt,
    file: { name: filename, rows, bytes, sha256 },
    total,
    ...(closing === undefined ? {} : { closing }),
  });
  return { file: { file: name, filename, rows, bytes, sha256, total, manifest }, hash };
}

/** Passes batches on, counting them, until nobody wants them any more. */
async function* watched(
  batches: Batches,
  rows: number,
  signal: AbortSignal,
  onProgress: (percent: number) => void,
): AsyncGenerator<readonly (readonly Cell[])[], void> {
  let written = 0;
  for await (const batch of batches) {
    signal.throwIfAborted();
    yield batch;
    written += batch.length;
    onProgress(Math.min(99, Math.floor((100 * written) / Math.max(rows, 1))));
  }
  signal.throwIfAborted();
}
