import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { Problem, problemBody, PROBLEMS } from './problem.js';

/**
 * What isn't even HTTP meets no route, and Node would answer it without a body. It gets the problem that a malformed
 * request gets; then the connection is closed, since nobody knows where the next request would begin.
 */
export function answerMalformed(error: Error & { readonly code?: string }, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable || isAnswering(socket)) {
    socket.destroy();
    return;
  }
  const requestId = randomUUID();
  const problem =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? new Problem('payload_too_large', 'The headers may have 16 KiB at most.')
      : new Problem('validation_failed', 'The request is not valid HTTP.', {
          errors: [{ pointer: '', detail: 'is not valid HTTP' }],
        });
  const body = JSON.stringify(problemBody(problem, requestId));
  const { status } = PROBLEMS[problem.code];
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
      'Content-Type: application/problem+json; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(body)}`,
      `X-Request-Id: ${requestId}`,
      'Connection: close',
      '',
      body,
    ].join('\r\n'),
  );
}

/** Whether an answer to an earlier request on this connection is on its way: ours must not get into it. */
function isAnswering(socket: Duplex): boolean {
  return '_httpMessage' in socket && socket._httpMessage !== null;
}
