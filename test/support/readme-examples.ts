/**
 * An example of a README, in two fenced blocks: a request as HTTP writes it, and its answer.
 *
 *     ```http
 *     POST /v1/operations
 *     Prefer: wait=5
 *
 *     {"type": "deposit", "user_id": "42", "amount": "199.99"}
 *     ```
 *     ```json 200
 *     {"id": "019aa5c7-3a5e-7c10-9d5a-5f2f6f1c8a01", …}
 *     ```
 *
 * The info string of the second is its kind (`json`, or `csv` for a file) and its status. A UUID that was in an answer
 * stands for what was really answered there, in the requests that follow.
 */
export interface Example {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly kind: string;
  readonly status: number;
  /** As it stands in the README. */
  readonly answer: string;
}

const EXAMPLE = /^```http\n([^]*?)\n```\n+```(json|csv) (\d{3})\n([^]*?)^```$/gm;
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const TIME = /\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}\.\d+Z?/g;
const KEY = /saldo_[\w-]+/g;

export function findExamples(markdown: string): Example[] {
  return [...markdown.matchAll(EXAMPLE)].map(([, request = '', kind = '', status = '', answer = '']) => {
    const [head = '', ...body] = request.split('\n\n');
    const [start = '', ...lines] = head.split('\n');
    const [method = '', path = ''] = start.split(' ');
    const headers = Object.fromEntries(
      lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
    );
    return {
      method,
      path,
      headers,
      body: body.length > 0 ? body.join('\n\n') : undefined,
      kind,
      status: Number(status),
      answer,
    };
  });
}

/** The UUIDs of a text in the order in which they stand. */
export function uuidsIn(text: string): string[] {
  return text.match(UUID) ?? [];
}

/** The text with what differs from run to run made equal: times, ids, keys, cursors, and the month. */
export function withoutChance(text: string): string {
  const month = new Date().toISOString().slice(0, 7);
  return text
    .replaceAll(TIME, 'TIME')
    .replaceAll(UUID, 'ID')
    .replaceAll(KEY, 'KEY')
    .replaceAll(/"prefix": ?"[^"]*"/g, '"prefix":"KEY"')
    .replaceAll(/"id": ?"\d+"(?=,"name":"[^"]*","role")/g, '"id":"KEY"')
    .replaceAll(/"next_cursor": ?"[^"]*"/g, '"next_cursor":"CURSOR"')
    .replaceAll(month, 'MONTH')
    .replaceAll(/\d{4}-\d{2}(?=[\n.])/g, 'MONTH');
}
