import { formatMoney } from '@saldo/ledger';
import Papa from 'papaparse';
import { BLANK_AT_AN_EDGE, type Cell } from './shape.js';

/**
 * A spreadsheet takes a field that starts so for a formula, and runs it (OWASP, "CSV injection"): also after blanks,
 * which some programs drop, and in the full-width forms of East Asian keyboards.
 */
const LOOKS_LIKE_FORMULA = /^\s*[=+\-@＝＋－＠]|^[\t\r\n]/;

const LINE_END = '\r\n';

/** Lines of CSV (RFC 4180): `;` between fields, CRLF at the end of each line, text in UTF-8. */
export function csvLines(rows: readonly (readonly Cell[])[]): string {
  if (rows.length === 0) return '';
  const lines = Papa.unparse(
    rows.map((row) => row.map(fieldOf)),
    { delimiter: ';', newline: LINE_END, header: false, quotes: isBlankAtAnEdge },
  );
  return lines + LINE_END;
}

/** Quoted beside what RFC 4180 has quoted: blanks at the edges, which some programs drop. */
function isBlankAtAnEdge(field: unknown): boolean {
  return typeof field === 'string' && BLANK_AT_AN_EDGE.test(field);
}

/** Text that could be taken for a formula is given the apostrophe that says text. */
export function withoutFormula(text: string): string {
  return LOOKS_LIKE_FORMULA.test(text) ? `'${text}` : text;
}

function fieldOf(cell: Cell): string | null {
  switch (typeof cell) {
    case 'string':
      return withoutFormula(cell);
    case 'bigint':
      return formatMoney(cell);
    case 'number':
      return String(cell);
    default:
      return null;
  }
}
