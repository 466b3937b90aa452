import { createHash } from 'node:crypto';
import type { ReportRequest } from './request.js';

/** What a report's file can be checked against, by anybody, without asking Saldo. */
export interface Manifest {
  readonly saldo: 'report';
  readonly version: 1;
  readonly request: ReportRequest;
  readonly created_at: string;
  readonly file: {
    readonly name: string;
    readonly rows: number;
    readonly bytes: number;
    /** In hex. */
    readonly sha256: string;
  };
  /** A decimal. */
  readonly total: string;
  /** What a closed month is fixed by. */
  readonly closing?: ClosingFacts;
}

/** What a month held when it was closed. Money is a decimal. */
export interface ClosingFacts {
  readonly number: number;
  readonly month: string;
  readonly from: string;
  readonly to: string;
  readonly closed_at: string;
  /** Lines of operations, and what the completed ones moved together. */
  readonly completed: number;
  readonly rejected: number;
  readonly amount: string;
  /** What all accounts of each kind held at the end: together zero. */
  readonly trial_balance: Readonly<Record<string, string>>;
  /** The hash of the closing before this one; null for the first. */
  readonly previous: string | null;
}

/** A manifest with its own hash, as it is given out. */
export type SealedManifest = Manifest & { readonly hash: string };

/** The text that a manifest's hash is of: the JSON, its fields in their order, without the hash. */
export function writeManifest(manifest: Manifest): { text: string; hash: string } {
  const text = JSON.stringify(manifest);
  return { text, hash: createHash('sha256').update(text).digest('hex') };
}

/** What was written, with its hash. */
export function sealManifest(text: string): SealedManifest {
  const manifest = JSON.parse(text) as Manifest;
  return { ...manifest, hash: writeManifest(manifest).hash };
}

/** What is wrong with the text of a sealed manifest, in words; or the manifest. */
export function openManifest(text: string): { manifest: SealedManifest } | { problem: string } {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    return { problem: 'the manifest is not JSON' };
  }
  if (!isSealedManifest(found)) return { problem: 'the manifest is not one of Saldo' };
  const { hash, ...manifest } = found;
  if (writeManifest(manifest).hash !== hash) return { problem: 'the manifest does not have its hash: it was changed' };
  return { manifest: found };
}

function isSealedManifest(value: unknown): value is SealedManifest {
  if (typeof value !== 'object' || value === null) return false;
  const { saldo, version, hash, file } = value as Partial<SealedManifest>;
  if (saldo !== 'report' || version !== 1 || typeof hash !== 'string' || typeof file !== 'object') return false;
  return typeof file.sha256 === 'string' && typeof file.bytes === 'number' && typeof file.rows === 'number';
}
