/** Money is an exact decimal of up to four places, kept as a bigint count of 1/10,000. */
export const UNITS_PER_ONE = 10_000n;

/** The largest amount one operation may move: 100000000000.0000, in units. */
export const AMOUNT_UNITS_MAX = 100_000_000_000n * UNITS_PER_ONE;

/**
 * No balance, of a user or of the system, may leave ±this many units. It keeps every balance
 * inside a Postgres bigint (9.22e18) with room to spare.
 */
export const BALANCE_UNITS_MAX = 9_000_000_000_000_000_000n;

const DECIMAL = /^(0|[1-9][0-9]{0,11})(?:\.([0-9]{1,4}))?$/;

/**
 * Reads a decimal such as `199.99` into units of 1/10,000.
 * Returns undefined for anything that is not a plain decimal with at most four places
 * (signs, exponents, blanks, other scripts' digits, leading zeros) or has more than 12 digits
 * before the point. The caller decides on the range.
 */
export function parseMoney(text: string): bigint | undefined {
  const match = DECIMAL.exec(text);
  if (match === null) return undefined;
  const [, whole = '0', fraction = ''] = match;
  return BigInt(whole) * UNITS_PER_ONE + BigInt(fraction.padEnd(4, '0'));
}

/** Prints units as a decimal string with at least two and at most four places: `199.99`, `0.00`, `112.896`. */
export function formatMoney(units: bigint): string {
  const sign = units < 0n ? '-' : '';
  const digits = (units < 0n ? -units : units).toString().padStart(5, '0');
  const whole = digits.slice(0, -4);
  const fraction = digits.slice(-4);
  if (fraction.endsWith('00')) return `${sign}${whole}.${fraction.slice(0, 2)}`;
  if (fraction.endsWith('0')) return `${sign}${whole}.${fraction.slice(0, 3)}`;
  return `${sign}${whole}.${fraction}`;
}
