import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { STATEMENT_SHAPE, writeReportFile } from '@saldo/reports';
import { expect } from 'chai';
import JSZip from 'jszip';
import { makeTemporaryFolder } from '../support/temporary-folder.js';

/** The first sheet of a workbook with one row, as it is written. */
async function sheetOf(...cells: readonly (string | bigint)[]): Promise<string> {
  const folder = await makeTemporaryFolder('workbook');
  await writeReportFile({ folder, name: 'one.xlsx', format: 'xlsx', shape: STATEMENT_SHAPE, batches: [[cells]] });
  const zip = await JSZip.loadAsync(await readFile(join(folder, 'one.xlsx')));
  return (await zip.file('xl/worksheets/sheet1.xml')?.async('text')) ?? '';
}

describe('A workbook', () => {
  it('marks blanks at the edges of text to be kept, which some programs drop', async () => {
    const sheet = await sheetOf('  both ', 'none', '\ttab');
    expect(sheet).to.match(/<t xml:space="preserve"> {2}both <\/t>/);
    expect(sheet).to.match(/<t xml:space="preserve">\ttab<\/t>/);
    expect(sheet).to.match(/ t="str"><v>none<\/v>/);
  });

  it('has money as a number, but for what a spreadsheet would round', async () => {
    const sheet = await sheetOf(-12_345_000n, 123_456_789_012_345_6789n);
    expect(sheet).to.include('<v>-1234.5</v>');
    expect(sheet).to.include(' t="str"><v>123456789012345.6789</v>');
  });
});
