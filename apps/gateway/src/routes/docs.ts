import { fileURLToPath } from 'node:url';
import express, { Router } from 'express';
import { buildDocument } from '../openapi/document.js';
import type { RouteGroup } from '../openapi/route-docs.js';

const ASSETS = fileURLToPath(new URL('.', import.meta.resolve('swagger-ui-dist/package.json')));

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Saldo: the API</title>
    <link rel="stylesheet" href="/docs/swagger-ui.css" />
    <link rel="icon" type="image/png" href="/docs/favicon-32x32.png" />
  </head>
  <body>
    <div id="api"></div>
    <script src="/docs/swagger-ui-bundle.js"></script>
    <script src="/docs/start.js"></script>
  </body>
</html>
`;

const START = `window.ui = SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#api',
  deepLinking: true,
  docExpansion: 'list',
  persistAuthorization: true,
  tryItOutEnabled: true,
});
`;

/** Scripts and styles of ours only; Swagger UI sets styles on elements and has its icons in data URLs. */
const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** `/openapi.json`, and `/docs`: Swagger UI with everything it needs from here. */
export function docsRoutes(groups: readonly RouteGroup[], version: string): Router {
  const router = Router();
  const document = JSON.stringify(buildDocument([...groups, docsDocs], version));

  router.get('/openapi.json', (_request, response) => {
    response.type('application/json').send(document);
  });

  router.get('/docs', (_request, response) => {
    response.set('Content-Security-Policy', CONTENT_SECURITY_POLICY).type('text/html').send(PAGE);
  });

  router.get('/docs/start.js', (_request, response) => {
    response.type('text/javascript').send(START);
  });

  router.use('/docs', express.static(ASSETS, { index: false, redirect: false }));

  return router;
}

const docsDocs: RouteGroup = {
  tag: 'Description',
  about: 'This description.',
  routes: [
    {
      method: 'get',
      path: '/openapi.json',
      summary: 'This API as OpenAPI 3.1',
      roles: 'open',
      answers: { 200: { description: 'The description.', schema: { type: 'object', additionalProperties: true } } },
    },
    {
      method: 'get',
      path: '/docs',
      summary: 'The same to read and to try',
      roles: 'open',
      answers: { 200: { description: 'A page.', mediaType: 'text/html', schema: { type: 'string' } } },
    },
    {
      method: 'get',
      path: '/docs/start.js',
      summary: 'What starts that page',
      roles: 'open',
      answers: { 200: { description: 'A script.', mediaType: 'text/javascript', schema: { type: 'string' } } },
    },
  ],
};
