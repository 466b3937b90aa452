import type { Random } from './random.js';

/** Which accounts the operations touch. */
export type Spread = 'uniform' | 'zipf' | 'hot';

/** Which operations there are: transfers alone, or those of an ordinary day. */
export type Mix = 'transfers' | 'mixed';

/** The account that every operation of the `hot` spread touches. */
const HOT_ACCOUNT = 1;

/** Draws an account, numbered from 1. */
export type Draw = () => number;

/** Draws payer and payee, who are never the same. */
export type DrawPair = () => readonly [payer: number, payee: number];

export function drawPairs(spread: Spread, accounts: number, random: Random): DrawPair {
  const draw = spread === 'zipf' ? zipf(accounts, random) : uniform(accounts, random);
  const drawOtherThan = (account: number): number => {
    for (;;) {
      const other = draw();
      if (other !== account) return other;
    }
  };
  if (spread !== 'hot') {
    return () => {
      const payer = draw();
      return [payer, drawOtherThan(payer)];
    };
  }
  return () => {
    const other = drawOtherThan(HOT_ACCOUNT);
    return random() < 0.5 ? [HOT_ACCOUNT, other] : [other, HOT_ACCOUNT];
  };
}

export function uniform(accounts: number, random: Random): Draw {
  return () => 1 + Math.floor(random() * accounts);
}

/** Zipf's law with exponent 1: the k-th account is drawn 1/k times as often as the first. */
function zipf(accounts: number, random: Random): Draw {
  const upTo = new Float64Array(accounts);
  let sum = 0;
  for (let rank = 1; rank <= accounts; rank += 1) {
    sum += 1 / rank;
    upTo[rank - 1] = sum;
  }
  return () => {
    const wanted = random() * sum;
    let low = 0;
    let high = accounts - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((upTo[middle] ?? sum) < wanted) low = middle + 1;
      else high = middle;
    }
    return low + 1;
  };
}
