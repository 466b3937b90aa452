/** Fetches what a path or link leads to, whatever it is. */
export async function download(
  base: string,
  path: string | null | undefined,
  headers: Readonly<Record<string, string>> = {},
) {
  const response = await fetch(new URL(String(path), base), { headers });
  const bytes = Buffer.from(await response.arrayBuffer());
  return { status: response.status, headers: response.headers, bytes, text: bytes.toString() };
}
