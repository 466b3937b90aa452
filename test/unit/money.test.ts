import { AMOUNT_UNITS_MAX, BALANCE_UNITS_MAX, formatMoney, parseMoney, UNITS_PER_ONE } from '@saldo/ledger';
import { expect } from 'chai';

describe('parseMoney', () => {
  const read: readonly [string, bigint][] = [
    ['0', 0n],
    ['0.0000', 0n],
    ['0.0001', 1n],
    ['0.1', 1_000n],
    ['1', 10_000n],
    ['1.0', 10_000n],
    ['199.99', 1_999_900n],
    ['112.896', 1_128_960n],
    ['9007199254.7409', 90_071_992_547_409n],
    ['100000000000.0000', AMOUNT_UNITS_MAX],
    ['999999999999.9999', 9_999_999_999_999_999n],
  ];
  for (const [text, units] of read) {
    it(`reads ${text} as ${units} units`, () => {
      expect(parseMoney(text)).to.equal(units);
    });
  }

  const refused: readonly [string, string][] = [
    ['nothing', ''],
    ['a blank', ' '],
    ['a blank before', ' 1'],
    ['a blank after', '1 '],
    ['a new line after', '1\n'],
    ['two lines', '1\n2'],
    ['a minus', '-1'],
    ['a plus', '+1'],
    ['an exponent', '1e3'],
    ['a small exponent', '1e-4'],
    ['a hexadecimal number', '0x10'],
    ['NaN', 'NaN'],
    ['infinity', 'Infinity'],
    ['a fifth place', '1.00001'],
    ['a fifth place of zero', '1.00000'],
    ['a point with nothing after', '1.'],
    ['a point with nothing before', '.5'],
    ['a point alone', '.'],
    ['two points', '1.2.3'],
    ['a comma', '1,5'],
    ['thousands', '1,000.00'],
    ['an underscore', '1_000'],
    ['a leading zero', '01'],
    ['two zeros', '00'],
    ['a currency', '1.00 EUR'],
    ['digits of another script', '\u0661\u0662'],
    ['full-width digits', '\uff11\uff12'],
    ['a thirteenth digit before the point', '1000000000000'],
    ['a long number', '9'.repeat(100_000)],
  ];
  for (const [name, text] of refused) {
    it(`refuses ${name}`, () => {
      expect(parseMoney(text)).to.equal(undefined);
    });
  }
});

describe('formatMoney', () => {
  const printed: readonly [bigint, string][] = [
    [0n, '0.00'],
    [1n, '0.0001'],
    [10n, '0.001'],
    [100n, '0.01'],
    [1_000n, '0.10'],
    [10_000n, '1.00'],
    [1_999_900n, '199.99'],
    [1_128_960n, '112.896'],
    [10_001n, '1.0001'],
    [100_010n, '10.001'],
    [-1n, '-0.0001'],
    [-1_999_900n, '-199.99'],
    [AMOUNT_UNITS_MAX, '100000000000.00'],
    [BALANCE_UNITS_MAX, '900000000000000.00'],
    [-BALANCE_UNITS_MAX, '-900000000000000.00'],
  ];
  for (const [units, text] of printed) {
    it(`prints ${units} units as ${text}`, () => {
      expect(formatMoney(units)).to.equal(text);
    });
  }
});

describe('The limits of money', () => {
  it('are in units of 1/10,000', () => {
    expect(UNITS_PER_ONE).to.equal(10_000n);
  });

  it('let a balance and an amount that comes on top of it fit into a Postgres bigint', () => {
    expect(BALANCE_UNITS_MAX + AMOUNT_UNITS_MAX < 2n ** 63n).to.equal(true);
  });
});
