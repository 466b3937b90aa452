import type { LookupAddress } from 'node:dns';
import { Resolver } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import { isPublicAddress } from './address.js';

/** Every address of a name. */
export type Resolve = (name: string) => Promise<readonly LookupAddress[]>;

/**
 * The target's name has no address, or one that isn't public: which of the two is nobody's business, since it would tell
 * what names there are inside.
 */
export class NoPublicAddressError extends Error {
  override readonly name = 'NoPublicAddressError';
}

/**
 * Opens connections to public addresses only. A name is resolved once per connection, and exactly the addresses that
 * were checked are connected to, so an answer that changes meanwhile changes nothing.
 */
export function publicConnector(timeoutMs: number, resolve: Resolve = resolveOnInternet): buildConnector.connector {
  const connect = buildConnector({ timeout: timeoutMs, lookup: publicLookup(resolve) });
  return (options, callback) => {
    const host = options.hostname.replace(/^\[|\]$/g, '');
    // An address is connected to without a lookup.
    if (isIP(host) !== 0 && !isPublicAddress(host)) {
      callback(new NoPublicAddressError(), null);
      return;
    }
    connect(options, (...[error, socket]) => {
      if (error !== null) {
        callback(error, null);
      } else if (isPublicAddress(socket.remoteAddress ?? '')) {
        callback(null, socket);
      } else {
        socket.destroy();
        callback(new NoPublicAddressError(), null);
      }
    });
  };
}

/** For where private addresses are allowed: names as this machine knows them. */
export function anyConnector(timeoutMs: number): buildConnector.connector {
  return buildConnector({ timeout: timeoutMs });
}

/** Refuses a name if any of its addresses isn't public: which one would be taken is up to chance. */
function publicLookup(resolve: Resolve): LookupFunction {
  return (name, { all }, callback) => {
    const refuse = (): void => callback(new NoPublicAddressError(), '');
    resolve(name).then((addresses) => {
      const [first] = addresses;
      if (first === undefined || !addresses.every(({ address }) => isPublicAddress(address))) refuse();
      else if (all === true) callback(null, [...addresses]);
      else callback(null, first.address, first.family);
    }, refuse);
  };
}

const resolver = new Resolver({ timeout: 2_000, tries: 2 });

/** Asks the name servers, not the system: its calls block a few threads that all of Node shares, so slow names would hold up others. */
async function resolveOnInternet(name: string): Promise<LookupAddress[]> {
  const [four, six] = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
  const of = (family: number, found: PromiseSettledResult<string[]>): LookupAddress[] =>
    found.status === 'fulfilled' ? found.value.map((address) => ({ address, family })) : [];
  return [...of(4, four), ...of(6, six)];
}
