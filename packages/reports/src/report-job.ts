import { sealManifest, type ClosingFacts } from './manifest.js';
import { MANIFEST_SUFFIX } from './check-file.js';

/** A report as it is kept. */
interface KeptReport {
  readonly id: string;
  /** JSON. */
  readonly request: string;
  readonly status: 'queued' | 'running' | 'completed' | 'failed' | 'cancelled';
  /** Per cent. */
  readonly progress: number;
  readonly createdAt: string;
  readonly finishedAt: string | null;
  readonly file: KeptFile | undefined;
  readonly error: { readonly code: string; readonly detail: string } | undefined;
}

interface KeptFile {
  readonly file: string;
  readonly filename: string;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
  readonly total: string;
  /** JSON. */
  readonly manifest: string;
  readonly isRemoved: boolean;
}

/** Where a report's file and manifest are read. */
export interface ReportLinks {
  /** Null, like all links, when the file is no longer kept. */
  readonly url: string | null;
  readonly manifest_url: string | null;
  /** Until when the links open without a key; null where they never do. */
  readonly expires_at: string | null;
}

/** A report's job, as the API and the webhooks show it. */
export interface ReportJobJson {
  readonly id: string;
  readonly type: 'report';
  readonly status: 'queued' | 'completed' | 'failed';
  readonly created_at: string;
  readonly finished_at: string | null;
  readonly request: unknown;
  /** Per cent. */
  readonly progress: number;
  readonly result: ReportResult | null;
  readonly error: { readonly code: string; readonly detail: string } | null;
}

interface ReportResult extends ReportLinks {
  readonly filename: string;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
  readonly total: string;
  /** Of a closing: what the month is fixed by. */
  readonly closing?: ClosingFacts & { readonly hash: string };
}

/** The paths of a report's file and of its manifest beside it, which open with a key that may read reports. */
export function reportPaths({ file, filename }: Pick<KeptFile, 'file' | 'filename'>): {
  file: string;
  manifest: string;
} {
  const path = `/reports/${file}/${filename}`;
  return { file: path, manifest: path + MANIFEST_SUFFIX };
}

/**
 * For a caller a report is a job like any other: queued until it has ended, also while it is written, which
 * `progress` tells; and one that was cancelled has failed. Without `links`, they are the paths that take a key.
 */
export function reportJob(report: KeptReport, links?: ReportLinks): ReportJobJson {
  return {
    id: report.id,
    type: 'report',
    status: statusOf(report),
    created_at: report.createdAt,
    finished_at: report.finishedAt,
    request: JSON.parse(report.request),
    progress: report.progress,
    result: report.file === undefined ? null : resultOf(report.file, links),
    error: errorOf(report),
  };
}

function statusOf({ status }: KeptReport): ReportJobJson['status'] {
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

function errorOf({ status, error }: KeptReport): ReportJobJson['error'] {
  return status === 'cancelled' ? { code: 'cancelled', detail: 'The report was cancelled.' } : (error ?? null);
}

function resultOf(file: KeptFile, links = linksOf(file)): ReportResult {
  const { filename, rows, bytes, sha256, total, manifest } = file;
  const { closing, hash } = sealManifest(manifest);
  const common = { ...links, filename, rows, bytes, sha256, total };
  return closing === undefined ? common : { ...common, closing: { ...closing, hash } };
}

function linksOf(file: KeptFile): ReportLinks {
  if (file.isRemoved) return { url: null, manifest_url: null, expires_at: null };
  const paths = reportPaths(file);
  return { url: paths.file, manifest_url: paths.manifest, expires_at: null };
}
