import { setTimeout as sleep } from 'node:timers/promises';
import type { Writable } from 'node:stream';
import { formatMoney } from '@saldo/ledger';
import type { CellRichTextValue, stream, Worksheet } from 'exceljs';
import { BLANK_AT_AN_EDGE, type Batches, type Cell, type Shape } from './shape.js';

/** A sheet has 1,048,576 rows at most; the first of ours names the columns. */
const SHEET_ROWS_MAX = 1_000_000;

/** A spreadsheet's number is a double: decimals of so many digits come out as they went in. */
const EXACT_DIGITS_MAX = 15;

/** So much of a sheet may wait to be compressed. */
const PENDING_BYTES_MAX = 1_048_576;
const PENDING_POLL_MS = 2;

/** Little is gained by more, and the ledger next door has better use for the processor. */
const COMPRESSION_LEVEL = 1;

/**
 * Writes a report as a workbook, row by row: numbers as numbers, no shared strings and no styles, which would have to
 * be kept in memory. What doesn't fit on a sheet goes on the next. Ends the output.
 */
export async function writeXlsx(output: Writable, shape: Shape, batches: Batches): Promise<void> {
  // Loaded when it is needed: most processes never write a workbook.
  const { default: excel } = await import('exceljs');
  const workbook = new excel.stream.xlsx.WorkbookWriter({
    stream: output,
    useSharedStrings: false,
    useStyles: false,
    zip: { zlib: { level: COMPRESSION_LEVEL } },
  });
  let sheet = addSheet(workbook, shape, 1);
  let sheetCount = 1;
  let rowsOnSheet = 0;
  for await (const rows of batches) {
    for (const row of rows) {
      if (rowsOnSheet === SHEET_ROWS_MAX) {
        sheet.commit();
        sheetCount += 1;
        sheet = addSheet(workbook, shape, sheetCount);
        rowsOnSheet = 0;
      }
      sheet.addRow(row.map(valueOf)).commit();
      rowsOnSheet += 1;
    }
    await untilCompressed(sheet);
  }
  sheet.commit();
  await workbook.commit();
}

function addSheet(workbook: stream.xlsx.WorkbookWriter, { title, columns }: Shape, number: number): Worksheet {
  const sheet = workbook.addWorksheet(number === 1 ? title : `${title} ${number}`);
  sheet.columns = columns.map(({ width }) => ({ width }));
  sheet.addRow(columns.map(({ name }) => name)).commit();
  return sheet;
}

/**
 * Blanks at the edges of plain text are dropped by some programs (LibreOffice); in rich text they are marked to stay.
 * Money with more digits than a double is sure of stays text, rather than come out as another amount.
 */
function valueOf(cell: Cell): string | number | CellRichTextValue | null {
  if (typeof cell === 'string' && BLANK_AT_AN_EDGE.test(cell)) return { richText: [{ text: cell }] };
  if (typeof cell !== 'bigint') return cell;
  const text = formatMoney(cell);
  return text.replace(/[-.]/g, '').length <= EXACT_DIGITS_MAX ? Number(text) : text;
}

/**
 * The writer doesn't wait for its archive, so whoever is quicker than compression would fill the memory with rows. It
 * does tell what it pipes a sheet into, which is an old stream that keeps its length in its state.
 */
async function untilCompressed(sheet: Worksheet): Promise<void> {
  while (pendingBytesOf(sheet) > PENDING_BYTES_MAX) await sleep(PENDING_POLL_MS);
}

/** Asserts that the writer is still built as it was, rather than fill the memory one day without a word. */
function pendingBytesOf(sheet: object): number {
  const pipes: unknown = 'stream' in sheet ? propertyOf(sheet.stream, 'pipes') : undefined;
  if (!Array.isArray(pipes)) throw new Error('the writer of workbooks is built otherwise than it was');
  return pipes.reduce((sum: number, pipe: unknown) => sum + lengthOf(pipe), 0);
}

function lengthOf(pipe: unknown): number {
  const length = propertyOf(propertyOf(pipe, '_writableState'), 'length');
  if (typeof length !== 'number') throw new Error('the archive of workbooks is built otherwise than it was');
  return length;
}

function propertyOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
