import { checkReportFile, type FileCheck } from '@saldo/reports';
import { CommandError } from '../failures.js';

interface Options {
  readonly manifest: string | undefined;
  readonly json?: boolean;
}

/** Says whether a file is what Saldo wrote, and makes the process end with code 1 if it isn't. Needs no database. */
export async function runVerifyReport(file: string, { manifest, json }: Options): Promise<void> {
  const found = await check(file, manifest);
  if (found.problems.length > 0) process.exitCode = 1;
  if (json) {
    console.log(JSON.stringify({ problems: found.problems, manifest: found.manifest ?? null }));
    return;
  }
  for (const line of describe(found)) console.log(line);
  for (const problem of found.problems) console.log(`WRONG: ${problem}`);
  console.log(found.problems.length === 0 ? 'The report is as it was written.' : 'The report is not what Saldo wrote.');
}

async function check(file: string, manifest: string | undefined): Promise<FileCheck> {
  try {
    return await checkReportFile(file, manifest);
  } catch (error) {
    if (!(error instanceof Error) || !('syscall' in error)) throw error;
    throw new CommandError(`the report or its manifest can't be read: ${error.message}`);
  }
}

function describe({ manifest }: FileCheck): string[] {
  if (manifest === undefined) return [];
  const { request, created_at: createdAt, file, total, closing, hash } = manifest;
  return [
    `report       ${JSON.stringify(request)}`,
    `made         ${createdAt}`,
    `rows         ${file.rows}`,
    `total        ${total}`,
    ...(closing === undefined ? [] : [`closing      ${closing.number}, after ${closing.previous ?? 'none'}`]),
    `hash         ${hash}`,
  ];
}
