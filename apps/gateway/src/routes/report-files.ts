import { MANIFEST_SUFFIX, sealManifest, STORED_NAME } from '@saldo/reports';
import { findReportByFile, type Database, type ReportFile } from '@saldo/store';
import { Router, type RequestHandler, type Response } from 'express';
import { allow, type Authenticator } from '../http/authenticate.js';
import { tagsOf } from '../http/entity-tags.js';
import { Problem } from '../http/problem.js';
import type { ReportDesk } from '../reports/report-desk.js';

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};

interface Parts {
  readonly database: Database;
  readonly reports: ReportDesk;
  readonly authenticator: Authenticator;
  readonly reportsDir: string;
}

/** `GET /reports/{file}/{name}`: a report's file, or its manifest, for a signed link or an accountant's key. */
export function reportFileRoutes(parts: Parts): Router {
  const router = Router();

  router.get<string, { file: string; name: string }>(
    '/reports/:file/:name',
    letIn(parts),
    async (request, response, next) => {
      const { file, name } = request.params;
      const found = STORED_NAME.test(file) ? (await findReportByFile(parts.database, file))?.file : undefined;
      if (found === undefined || found.isRemoved)
        throw new Problem('not_found', 'There is no such report, or it is no longer kept.');
      if (name === found.filename && tagsOf(request).includes(tagOf(found)))
        response.status(304).set('ETag', tagOf(found)).end();
      else if (name === found.filename) sendReport(parts.reportsDir, found, response, next);
      else if (name === found.filename + MANIFEST_SUFFIX) sendManifest(found, name, response);
      else throw new Problem('not_found', 'There is no such report.');
    },
  );

  return router;
}

/** A good link lets anybody in; else it takes a key of somebody who may read reports. */
function letIn({ reports, authenticator }: Parts): RequestHandler<{ file: string; name: string }> {
  const mayRead = allow('accountant', 'admin');
  return async (request, response, next) => {
    if (await reports.links.isGood(request.path, request.query)) {
      next();
      return;
    }
    if (request.get('authorization') === undefined && request.query['signature'] !== undefined)
      throw new Problem('forbidden', 'The link is over, or not one of ours. Read the job again for a new one.');
    void authenticator.require(request, response, (error?: unknown) => {
      if (error === undefined) void mayRead(request, response, next);
      else next(error);
    });
  };
}

function tagOf({ sha256 }: ReportFile): string {
  return `"${sha256}"`;
}

function sendReport(root: string, found: ReportFile, response: Response, next: (error: unknown) => void): void {
  const { file, filename } = found;
  response.attachment(filename);
  response.set({
    'Content-Type': MEDIA_TYPES[filename.slice(filename.lastIndexOf('.') + 1)] ?? 'application/octet-stream',
    // What it was made of doesn't change, but who may see it may.
    'Cache-Control': 'private, no-cache',
    ETag: tagOf(found),
  });
  response.sendFile(file, { root, cacheControl: false }, (error: Error | undefined) => {
    // Whoever went away in the middle gets no answer.
    if (error === undefined || response.headersSent) return;
    for (const name of ['Content-Disposition', 'Content-Type', 'ETag', 'Last-Modified']) response.removeHeader(name);
    next(problemOf(error));
  });
}

function problemOf(error: Error): Error {
  const status = 'status' in error ? error.status : undefined;
  if (status === 404) return new Problem('not_found', 'The file is no longer there.');
  if (status === 416)
    return new Problem('range_not_satisfiable', 'The file is shorter than the range that was asked for.');
  return error;
}

function sendManifest({ manifest }: ReportFile, name: string, response: Response): void {
  response.attachment(name);
  response.type('application/json').send(`${JSON.stringify(sealManifest(manifest), undefined, 2)}\n`);
}
