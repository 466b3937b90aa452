// An order from reserve to revenue: start Saldo, then
//   SALDO_URL=http://127.0.0.1:3000 SALDO_KEY=… node examples/order.mjs
import { SaldoClient } from '@saldo/client';

const {
  SALDO_URL: url = 'http://127.0.0.1:3000',
  SALDO_KEY: key = '',
  ORDER: order = `order-${Date.now()}`,
} = process.env;
const saldo = new SaldoClient({ url, key });
const user = `buyer-of-${order}`;

await done({ type: 'deposit', user_id: user, amount: '100.00' });
await done({ type: 'reserve', user_id: user, order_id: order, amount: '50.00' });
const paid = await done({ type: 'capture', user_id: user, order_id: order, service_id: 'delivery', amount: '30.00' });
const released = await done({ type: 'release', user_id: user, order_id: order });

for await (const entry of saldo.userOperations(user, { sort: 'created_at' })) {
  process.stdout.write(`${entry.type.padEnd(8)} ${entry.amount.padStart(8)}  ${entry.description}\n`);
}
process.stdout.write(`paid ${paid.result.entries[0].amount}, released ${released.result.entries[0].amount}\n`);

/** Submits an operation, waits for its outcome and insists that it went well. */
async function done(operation) {
  const job = await saldo.submit(operation, { waitS: 30 });
  if (job.status !== 'completed') throw new Error(job.error?.detail ?? `it is still ${job.status}`);
  return job;
}
