import { AMOUNT_UNITS_MAX, BALANCE_UNITS_MAX, formatMoney, parseMoney, UNITS_PER_ONE } from '@saldo/ledger';
import { expect } from 'chai';
import fc from 'fast-check';

const PLAIN_DECIMAL = /^\d+(\.\d{1,4})?$/;

const anyAmount = fc.bigInt({ min: 0n, max: AMOUNT_UNITS_MAX });
const anyBalance = fc.bigInt({ min: -BALANCE_UNITS_MAX, max: BALANCE_UNITS_MAX });

describe('Money', () => {
  it('that was printed is read as the same units', () => {
    fc.assert(
      fc.property(anyAmount, (units) => {
        expect(parseMoney(formatMoney(units))).to.equal(units);
      }),
      { numRuns: 5000 },
    );
  });

  it('is printed exactly, with at least two and at most four places and none that says nothing', () => {
    fc.assert(
      fc.property(anyBalance, (units) => {
        const text = formatMoney(units);
        expect(text).to.match(/^-?(0|[1-9]\d*)\.\d\d(\d?[1-9])?$/);
        const [whole = '', fraction = ''] = text.split('.');
        expect(BigInt(whole + fraction.padEnd(4, '0'))).to.equal(units);
      }),
      { numRuns: 5000 },
    );
  });

  it('that was read is printed as the same decimal, but for its closing zeros', () => {
    const anyDecimal = fc.tuple(fc.bigInt({ min: 0n, max: 999_999_999_999n }), fc.stringMatching(/^(\.[0-9]{1,4})?$/));
    fc.assert(
      fc.property(anyDecimal, ([whole, fraction]) => {
        const units = parseMoney(`${whole}${fraction}`);
        if (units === undefined) throw new Error(`${whole}${fraction} was not read`);
        expect(units / UNITS_PER_ONE).to.equal(whole);
        expect(formatMoney(units)).to.equal(`${whole}.${fraction.slice(1).replace(/0+$/, '').padEnd(2, '0')}`);
      }),
      { numRuns: 2000 },
    );
  });

  it('is read from nothing but plain decimals', () => {
    const anyNearMiss = fc.stringMatching(/^[-+ ]?[0-9]{0,3}[., _]?[0-9eE]{0,6}[-+ \n]?[0-9]{0,2}$/);
    const anyPlaces = fc.stringMatching(/^[0-9]{1,14}\.[0-9]{5,9}$/);
    fc.assert(
      fc.property(fc.oneof(fc.string(), anyNearMiss, anyPlaces, fc.double().map(String)), (text) => {
        const isRead = parseMoney(text) !== undefined;
        if (isRead) expect(text).to.match(PLAIN_DECIMAL);
        if (!PLAIN_DECIMAL.test(text)) expect(isRead).to.equal(false);
      }),
      { numRuns: 5000 },
    );
  });

  it('keeps the order and the sum of what was read', () => {
    fc.assert(
      fc.property(anyAmount, anyAmount, (left, right) => {
        const [less, more] = left < right ? ([left, right] as const) : ([right, left] as const);
        expect(parseMoney(formatMoney(more - less))).to.equal(more - less);
        expect(formatMoney(less - more)).to.equal(more === less ? '0.00' : `-${formatMoney(more - less)}`);
      }),
      { numRuns: 1000 },
    );
  });
});
