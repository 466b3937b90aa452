import excel from 'exceljs';

type Value = string | number | null;

/** The rows of each sheet of a workbook, read by another part of exceljs than the one that wrote it. */
export async function readWorkbook(bytes: Buffer): Promise<Value[][][]> {
  const workbook = new excel.Workbook();
  await workbook.xlsx.load(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer);
  return workbook.worksheets.map((sheet) => {
    const rows: Value[][] = [];
    sheet.eachRow((row) => {
      const values = Array.from({ length: sheet.columnCount }, (_, index) => row.getCell(index + 1).value);
      rows.push(values.map(plainOf));
    });
    return rows;
  });
}

function plainOf(value: excel.CellValue): Value {
  if (typeof value === 'string' || typeof value === 'number') return value;
  return typeof value === 'object' && value !== null && 'richText' in value
    ? value.richText.map(({ text }) => text).join('')
    : null;
}
