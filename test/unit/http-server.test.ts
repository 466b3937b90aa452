import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createHttpServer } from '@saldo/gateway';
import { expect } from 'chai';
import express from 'express';

describe("The gateway's HTTP server", () => {
  it('makes requests and responses that Express has nothing to change about', async () => {
    const app = express();
    const areExpress: boolean[] = [];
    const note = (request: object, response: object): void => {
      areExpress.push(Object.getPrototypeOf(request) === app.request, Object.getPrototypeOf(response) === app.response);
    };
    app.get('/:name', (request, response) => {
      note(request, response);
      response.status(202).json({ name: request.params['name'], header: request.get('x-header') });
    });
    const server = createHttpServer(app).prependListener('request', note).listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const { port } = server.address() as AddressInfo;
      const answer = await fetch(`http://127.0.0.1:${port}/a%20name`, { headers: { 'x-header': 'yes' } });
      expect(answer.status).to.equal(202);
      expect(await answer.json()).to.deep.equal({ name: 'a name', header: 'yes' });
    } finally {
      server.close();
      server.closeAllConnections();
    }
    expect(areExpress).to.deep.equal([true, true, true, true]);
  });
});
