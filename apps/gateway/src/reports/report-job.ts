import { MANIFEST_SUFFIX, sealManifest, type ClosingFacts } from '@saldo/reports';
import type { Report, ReportFile } from '@saldo/store';
import type { JobJson } from '@saldo/store';
import type { ReportLinks } from './report-links.js';

/** A report's job, as the API shows it. */
export interface ReportJobJson extends JobJson {
  readonly type: 'report';
  /** Per cent. */
  readonly progress: number;
  readonly result: ReportResult | null;
}

interface ReportResult {
  /** Null, like all links, when the file is no longer kept. */
  readonly url: string | null;
  readonly manifest_url: string | null;
  /** Until when the links open without a key. */
  readonly expires_at: string | null;
  readonly filename: string;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
  readonly total: string;
  /** Of a closing: what the month is fixed by. */
  readonly closing?: ClosingFacts & { readonly hash: string };
}

/** Where a report's file is, and its manifest beside it. */
function reportPath({ file, filename }: Pick<ReportFile, 'file' | 'filename'>): string {
  return `/reports/${file}/${filename}`;
}

/**
 * For a caller a report is a job like any other: queued until it has ended, also while it is written, which
 * `progress` tells; and one that was cancelled has failed.
 */
export async function reportJob(report: Report, links: ReportLinks): Promise<ReportJobJson> {
  return {
    id: report.id,
    type: 'report',
    status: statusOf(report),
    created_at: report.createdAt,
    finished_at: report.finishedAt,
    request: JSON.parse(report.request),
    progress: report.progress,
    result: report.file === undefined ? null : await resultOf(report.file, links),
    error: errorOf(report),
  };
}

function statusOf({ status }: Report): ReportJobJson['status'] {
  switch (status) {
    case 'queued':
    case 'running':
      return 'queued';
    case 'completed':
      return 'completed';
    case 'failed':
    case 'cancelled':
      return 'failed';
    default:
      return status satisfies never;
  }
}

function errorOf({ status, error }: Report): ReportJobJson['error'] {
  return status === 'cancelled' ? { code: 'cancelled', detail: 'The report was cancelled.' } : (error ?? null);
}

async function resultOf(file: ReportFile, links: ReportLinks): Promise<ReportResult> {
  const { filename, rows, bytes, sha256, total, manifest } = file;
  const { closing, hash } = sealManifest(manifest);
  return {
    ...(file.isRemoved ? { url: null, manifest_url: null, expires_at: null } : await signedLinks(file, links)),
    filename,
    rows,
    bytes,
    sha256,
    total,
    ...(closing === undefined ? {} : { closing: { ...closing, hash } }),
  };
}

async function signedLinks(
  file: ReportFile,
  links: ReportLinks,
): Promise<Pick<ReportResult, 'url' | 'manifest_url' | 'expires_at'>> {
  const path = reportPath(file);
  const [{ url, expiresAt }, manifest] = await Promise.all([links.sign(path), links.sign(path + MANIFEST_SUFFIX)]);
  return { url, manifest_url: manifest.url, expires_at: expiresAt };
}
