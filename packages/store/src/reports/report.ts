/** A report as it is kept: what was asked for, how far it is, and the file that it became. */
export interface Report {
  readonly id: string;
  readonly apiKeyId: number;
  /** JSON. Two requests are the same when their texts are equal. */
  readonly request: string;
  readonly status: 'queued' | 'running' | 'completed' | 'failed' | 'cancelled';
  /** Per cent. */
  readonly progress: number;
  readonly attempts: number;
  readonly createdAt: string;
  readonly finishedAt: string | null;
  /** When completed. */
  readonly file: ReportFile | undefined;
  /** When failed. */
  readonly error: { readonly code: string; readonly detail: string } | undefined;
}

/** What a report became. */
export interface ReportFile {
  /** In the folder of reports. */
  readonly file: string;
  /** What callers see it named. */
  readonly filename: string;
  readonly rows: number;
  readonly bytes: number;
  /** In hex. */
  readonly sha256: string;
  /** A decimal. */
  readonly total: string;
  /** JSON: what the file can be checked against. */
  readonly manifest: string;
  /** It was kept for as long as files are kept. */
  readonly isRemoved: boolean;
}

export interface ReportRow {
  readonly id: string;
  readonly api_key: number;
  readonly request: string;
  readonly status: Report['status'];
  readonly progress: number;
  readonly attempts: number;
  readonly created_at: string;
  readonly finished_at: string | null;
  readonly file: string | null;
  readonly filename: string | null;
  readonly rows: bigint | null;
  readonly bytes: bigint | null;
  readonly sha256: string | null;
  readonly total: string | null;
  readonly manifest: string | null;
  readonly removed_at: string | null;
  readonly error_code: string | null;
  readonly error_detail: string | null;
}

export function reportOf(row: ReportRow): Report {
  return {
    id: row.id,
    apiKeyId: row.api_key,
    request: row.request,
    status: row.status,
    progress: row.progress,
    attempts: row.attempts,
    createdAt: row.created_at,
    finishedAt: row.finished_at,
    file: fileOf(row),
    error: row.error_code === null ? undefined : { code: row.error_code, detail: row.error_detail ?? '' },
  };
}

function fileOf(row: ReportRow): ReportFile | undefined {
  if (row.file === null) return undefined;
  return {
    file: row.file,
    filename: row.filename ?? row.file,
    rows: Number(row.rows),
    bytes: Number(row.bytes),
    sha256: row.sha256 ?? '',
    total: row.total ?? '',
    manifest: row.manifest ?? '',
    isRemoved: row.removed_at !== null,
  };
}
