import { createHmac, timingSafeEqual } from 'node:crypto';
import { readLinkKey, type Database } from '@saldo/store';

const GOOD_FOR_S = 900;
const MS_PER_S = 1_000;

/** A link that opens without a key. */
export interface SignedLink {
  /** Under `/reports/`, on this server. */
  readonly url: string;
  /** RFC 3339. */
  readonly expiresAt: string;
}

/** Signs links to reports, good for 15 minutes, with a key that all gateways have from the database. */
export class LinkSigner {
  readonly #database: Database;
  #key: Promise<Buffer> | undefined;

  constructor(database: Database) {
    this.#database = database;
  }

  /** `path` is `/reports/…`, without a query. */
  async sign(path: string): Promise<SignedLink> {
    const expiresAtS = Math.floor(Date.now() / MS_PER_S) + GOOD_FOR_S;
    const signature = signatureOf(await this.#readKey(), path, expiresAtS).toString('base64url');
    return {
      url: `${path}?expires=${expiresAtS}&signature=${signature}`,
      expiresAt: new Date(expiresAtS * MS_PER_S).toISOString(),
    };
  }

  /** Whether the query says that this path may be opened, and still now. */
  async isGood(path: string, { expires, signature }: Readonly<Record<string, unknown>>): Promise<boolean> {
    if (typeof expires !== 'string' || !/^[1-9][0-9]{9,10}$/.test(expires) || typeof signature !== 'string')
      return false;
    const expected = signatureOf(await this.#readKey(), path, Number(expires));
    const given = Buffer.from(signature, 'base64url');
    const isOurs = given.length === expected.length && timingSafeEqual(given, expected);
    return isOurs && Number(expires) * MS_PER_S > Date.now();
  }

  #readKey(): Promise<Buffer> {
    this.#key ??= readLinkKey(this.#database).catch((error: unknown) => {
      this.#key = undefined;
      throw error;
    });
    return this.#key;
  }
}

function signatureOf(key: Buffer, path: string, expiresAtS: number): Buffer {
  return createHmac('sha256', key).update(`${path}\n${expiresAtS}`).digest();
}
