import { createReceiver } from './receiver.js';

const { WEBHOOK_SECRET: secret, PORT: port = '4000' } = process.env;
if (secret === undefined)
  throw new Error('WEBHOOK_SECRET takes the secret that Saldo showed for this endpoint (whsec_…)');

createReceiver(secret).app.listen(Number(port), () => {
  process.stdout.write(`Receives webhooks at http://localhost:${port}/webhooks\n`);
});
