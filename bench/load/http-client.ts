import { Pool, type Dispatcher } from 'undici';

/** Posts JSON over connections that are kept open. It reads no further into the answers than their status. */
export interface HttpClient {
  /** Resolves to the status when the whole answer is there. */
  post(path: string, body: string, preferWaitS?: number): Promise<number>;
  close(): Promise<void>;
}

const OK_MAX = 299;

/**
 * The load runs on the same processors as what it loads, so it is kept light: `dispatch` makes no stream and no
 * object per answer, as undici's `request` would.
 */
export function openHttpClient(url: string, key: string, connections: number): HttpClient {
  const pool = new Pool(url, { connections, pipelining: 1, headersTimeout: 60_000, bodyTimeout: 60_000 });
  const headers = ['authorization', `Bearer ${key}`, 'content-type', 'application/json'];
  return {
    post: (path, body, preferWaitS) =>
      new Promise((resolve, reject) => {
        const sent = preferWaitS === undefined ? headers : [...headers, 'prefer', `wait=${preferWaitS}`];
        pool.dispatch({ path, method: 'POST', headers: sent, body }, answerTo(resolve, reject));
      }),
    close: () => pool.close(),
  };
}

function answerTo(resolve: (status: number) => void, reject: (error: Error) => void): Dispatcher.DispatchHandler {
  let status = 0;
  let refusal = '';
  return {
    // By this one undici tells that the handler is of its present kind.
    onRequestStart: () => undefined,
    onResponseStart: (_controller, statusCode) => void (status = statusCode),
    onResponseData: (_controller, chunk) => {
      if (status > OK_MAX) refusal += chunk.toString();
    },
    onResponseEnd: () => {
      if (status > OK_MAX) reject(new Error(`${status} ${refusal}`));
      else resolve(status);
    },
    onResponseError: (_controller, error) => reject(error),
  };
}
