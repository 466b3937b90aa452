import { amountOf } from './batches.js';
import type { Random } from './random.js';
import { drawPairs, uniform } from './shapes.js';

/** So many different bodies are sent round and round. */
const RING_SIZE = 20_000;

/** The bodies of single transfers between any two accounts. */
export function singleTransfers(accounts: number, random: Random): string[] {
  const draw = drawPairs('uniform', accounts, random);
  return Array.from({ length: RING_SIZE }, () => {
    const [payer, payee] = draw();
    return JSON.stringify({
      type: 'transfer',
      from_user_id: String(payer),
      to_user_id: String(payee),
      amount: amountOf(random),
    });
  });
}

export function singleDeposits(count: number, accounts: number, random: Random): string[] {
  const draw = uniform(accounts, random);
  return Array.from({ length: count }, () =>
    JSON.stringify({ type: 'deposit', user_id: String(draw()), amount: amountOf(random) }),
  );
}
