import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { Writable } from 'node:stream';

/** Writes to an open file, and knows what it wrote. Finishing puts all of it on the disk and closes the file. */
export class HashingFile extends Writable {
  readonly #handle: FileHandle;
  readonly #hash = createHash('sha256');
  #bytes = 0;

  constructor(handle: FileHandle) {
    super({ highWaterMark: 262_144, decodeStrings: true });
    this.#handle = handle;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** In hex. To be asked for once, at the end. */
  digest(): string {
    return this.#hash.digest('hex');
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#hash.update(chunk);
    this.#bytes += chunk.length;
    this.#handle.writeFile(chunk).then(() => done(), done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#handle.sync().then(() => done(), done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#handle.close().then(() => done(error), done);
  }
}
