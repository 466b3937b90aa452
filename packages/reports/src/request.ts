/** The months that reports are of: UTC, as in `2026-11`. */
export const MONTH = /^(?:[1-9][0-9]{3})-(?:0[1-9]|1[0-2])$/;

export const FORMATS = ['csv', 'xlsx'] as const;
export type Format = (typeof FORMATS)[number];

/** What a report is asked for with. Times are RFC 3339; `from` is inclusive, `to` exclusive. */
export type ReportRequest =
  | { readonly type: 'revenue'; readonly period: string; readonly format: Format }
  | {
      readonly type: 'statement';
      readonly user_id: string;
      readonly from: string;
      readonly to: string;
      readonly format: Format;
    }
  /** Without a time: of the moment at which it is made. */
  | { readonly type: 'trial-balance'; readonly at?: string; readonly format: Format }
  | OperationsRequest
  /** Ordered by closing the month, never by itself. */
  | { readonly type: 'closing'; readonly period: string; readonly format: 'csv' };

/** Of a month, or of any other time. */
export interface OperationsRequest {
  readonly type: 'operations';
  readonly period?: string;
  readonly from?: string;
  readonly to?: string;
  readonly format: Format;
}

const IN_ORDER = ['type', 'user_id', 'period', 'from', 'to', 'at', 'format'] as const;

/** The request as it is kept: equal requests are equal texts. */
export function writeRequest(request: ReportRequest): string {
  const fields = new Map<string, unknown>(Object.entries(request));
  return JSON.stringify(
    Object.fromEntries(IN_ORDER.filter((name) => fields.has(name)).map((name) => [name, fields.get(name)])),
  );
}

/** Reads what {@link writeRequest} wrote. */
export function readRequest(text: string): ReportRequest {
  return JSON.parse(text) as ReportRequest;
}

/** From (inclusive) to (exclusive), in RFC 3339. */
export interface Period {
  readonly from: string;
  readonly to: string;
}

/** The first moment of a month and the first one after it. */
export function boundsOfMonth(month: string): Period {
  const [year = 0, number = 0] = month.split('-').map(Number);
  const startOf = (index: number): string => new Date(Date.UTC(year, index, 1)).toISOString();
  return { from: startOf(number - 1), to: startOf(number) };
}

/** The time that a report of operations is of. */
export function periodOf({ period, from, to }: OperationsRequest): Period {
  if (period !== undefined) return boundsOfMonth(period);
  if (from === undefined || to === undefined) throw new Error('a report of operations has no period');
  return { from, to };
}

/** What the file is called where it is saved: letters that every file system takes. */
export function filenameOf(request: ReportRequest): string {
  return `${stemOf(request).replace(/[^A-Za-z0-9._-]/g, '-')}.${request.format}`;
}

function stemOf(request: ReportRequest): string {
  switch (request.type) {
    case 'revenue':
    case 'closing':
      return `${request.type}-${request.period}`;
    case 'statement':
      return `statement-${request.user_id}-${dayOf(request.from)}-${dayOf(request.to)}`;
    case 'trial-balance':
      return request.at === undefined ? 'trial-balance' : `trial-balance-${dayOf(request.at)}`;
    case 'operations':
      return `operations-${request.period ?? `${dayOf(request.from ?? '')}-${dayOf(request.to ?? '')}`}`;
    default:
      return request satisfies never;
  }
}

function dayOf(time: string): string {
  return time.slice(0, 10);
}
