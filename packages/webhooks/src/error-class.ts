import { NoPublicAddressError } from './connector.js';

/** Why there was no answer, in words that tell nothing about what lives inside. */
export type ErrorClass =
  | 'no_public_address'
  | 'connection_failed'
  | 'connection_lost'
  | 'tls_failed'
  | 'timed_out'
  | 'malformed_answer'
  | 'failed';

/** By the code of the error, as Node, OpenSSL, llhttp and undici give them. */
const CLASSES: readonly (readonly [RegExp, ErrorClass])[] = [
  [/^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|ENOTFOUND|EAI_AGAIN)$/, 'connection_failed'],
  [/^(ECONNRESET|EPIPE|ECONNABORTED|UND_ERR_SOCKET|UND_ERR_CLOSED|UND_ERR_DESTROYED)$/, 'connection_lost'],
  [
    /^(UND_ERR_CONNECT_TIMEOUT|UND_ERR_HEADERS_TIMEOUT|UND_ERR_BODY_TIMEOUT|UND_ERR_ABORTED|ABORT_ERR|ETIMEDOUT)$/,
    'timed_out',
  ],
  [/^(ERR_TLS_|ERR_SSL_|EPROTO|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH)/, 'tls_failed'],
  [/^(HPE_|UND_ERR_HEADERS_OVERFLOW|UND_ERR_RES_)/, 'malformed_answer'],
];

export function errorClass(error: unknown): ErrorClass {
  if (error instanceof NoPublicAddressError) return 'no_public_address';
  if (!(error instanceof Error)) return 'failed';
  if (error.name === 'AbortError') return 'timed_out';
  if (error.name === 'HTTPParserError') return 'malformed_answer';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return CLASSES.find(([pattern]) => pattern.test(code))?.[1] ?? 'failed';
}
