import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Of IPv6, only this is given out for use on the Internet (RFC 4291, 2.4; IANA's registry of address space). */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * Whether an address can be reached by everybody: not loopback, private, link-local, shared (RFC 6598), multicast,
 * reserved, nor one that carries an IPv4 address inside (mapped, NAT64, 6to4, Teredo), but for the mapped spelling of a
 * public one.
 */
export function isPublicAddress(text: string): boolean {
  if (isIP(text) === 0) return false;
  const address = ipaddr.process(text);
  if (address.range() !== 'unicast') return false;
  return !(address instanceof ipaddr.IPv6) || address.match(GLOBAL_UNICAST);
}

const URL_LENGTH_MAX = 2_048;
/** Names that mean this machine or this network wherever they are asked for (RFC 6761, 6762, 8375; ICANN's .internal). */
const PRIVATE_NAME = /(?:^|\.)(?:localhost|localdomain|local|internal|intranet|lan|home\.arpa)$/;

/**
 * What is wrong with a URL as a target for webhooks, in words; undefined if nothing is. Only its text is looked at: what
 * its name leads to is checked each time that somebody connects, and nobody learns from this which names there are
 * inside. An address in any spelling (`127.1`, `0x7f.1`, `2130706433`) was made the usual one by the URL's parser.
 */
export function targetProblem(text: string, { allowPrivate }: { readonly allowPrivate: boolean }): string | undefined {
  const url = text.length <= URL_LENGTH_MAX && URL.canParse(text) ? new URL(text) : undefined;
  const schemes = allowPrivate ? ['https:', 'http:'] : ['https:'];
  if (url === undefined || !schemes.includes(url.protocol)) {
    return `takes an ${allowPrivate ? 'https:// or http://' : 'https://'} URL of at most ${URL_LENGTH_MAX} characters`;
  }
  if (url.username !== '' || url.password !== '') return 'takes a URL without a user or a password in it';
  if (!allowPrivate && !isPublicHost(hostOf(url))) return 'takes a URL on the public Internet';
  return undefined;
}

/** The host without the brackets of IPv6 and the dot of a name's root. */
function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
}

function isPublicHost(host: string): boolean {
  if (isIP(host) !== 0) return isPublicAddress(host);
  return host.includes('.') && !PRIVATE_NAME.test(host);
}
