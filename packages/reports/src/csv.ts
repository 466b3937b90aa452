import { formatMoney } from '@saldo/ledger';
import { stringify } from 'csv-stringify/sync';
import type { Cell } from './shape.js';

/**
 * A spreadsheet takes a field that starts so for a formula, and runs it (OWASP, "CSV injection"): also after blanks,
 * which some programs drop, and in the full-width forms of East Asian keyboards.
 */
const LOOKS_LIKE_FORMULA = /^\s*[=+\-@＝＋－＠]|^[\t\r\n]/;

/** Beside what RFC 4180 has quoted: line ends of every kind, and blanks at the edges, which some programs drop. */
const QUOTED_TOO = /[\r\n]|^\s|\s$/;

/** Lines of CSV (RFC 4180): `;` between fields, CRLF at the end of each line, text in UTF-8. */
export function csvLines(rows: readonly (readonly Cell[])[]): string {
  return stringify(
    rows.map((row) => row.map(fieldOf)),
    { delimiter: ';', record_delimiter: '\r\n', quoted_match: QUOTED_TOO },
  );
}

/** Text that could be taken for a formula is given the apostrophe that says text. Numbers, also below zero, are not. */
function fieldOf(cell: Cell): string | null {
  switch (typeof cell) {
    case 'string':
      return LOOKS_LIKE_FORMULA.test(cell) ? `'${cell}` : cell;
    case 'bigint':
      return formatMoney(cell);
    case 'number':
      return String(cell);
    default:
      return null;
  }
}
