import type { Request } from 'express';

/**
 * The tags of what the caller has already: If-None-Match (RFC 9110, 13.1.2). Express's `request.fresh` heeds
 * Cache-Control: no-cache too, which every fetch adds to a request with If-None-Match and which is meant for the
 * caches on the way.
 */
export function tagsOf(request: Request): string[] {
  return (request.get('if-none-match') ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
}
