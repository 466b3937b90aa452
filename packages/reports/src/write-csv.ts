import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { csvLines } from './csv.js';
import type { Batches, Shape } from './shape.js';

/** Writes a report as CSV. Waits for the output where that is slower. Ends it. */
export async function writeCsv(output: Writable, shape: Shape, batches: Batches): Promise<void> {
  if (shape.hasCsvHeader) output.write(csvLines([shape.columns.map((column) => column.name)]));
  for await (const rows of batches) {
    if (!output.write(csvLines(rows))) await once(output, 'drain');
  }
  output.end();
  await once(output, 'finish');
}
