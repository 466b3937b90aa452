import { request } from 'undici';
import { ADMIN_KEY } from '../rig.js';

/** Asks a gateway with the admin's key. Answers the body's text; throws for whatever is not 2xx. */
export async function ask(
  url: string,
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  body?: object,
): Promise<string> {
  const headers = { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' };
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const answer = await request(url + path, { method, headers, ...sent });
  const text = await answer.body.text();
  if (answer.statusCode >= 300) throw new Error(`${method} ${path} is answered ${answer.statusCode} ${text}`);
  return text;
}
