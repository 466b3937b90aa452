const ACCOUNT_KINDS = ['available', 'reserved', 'external', 'revenue'] as const;

/** What an account holds. A wallet has `available` and `reserved`; `external` and `revenue` are the system's. */
export type AccountKind = (typeof ACCOUNT_KINDS)[number];

declare const accountKeyBrand: unique symbol;

/**
 * Identifies one account inside a batch: `available/42/main`, `reserved/42/main`, `revenue/7/`, `external//`.
 * The separator is no legal character of an id, so two accounts never share a key.
 */
export type AccountKey = string & { readonly [accountKeyBrand]: true };

/** One balance of the ledger. `sequence` counts the operations applied to it; 0 means it never had any. */
export interface Account {
  readonly key: AccountKey;
  /** In units of 1/10,000. Credits minus debits: never negative for a user's account. */
  readonly balanceUnits: bigint;
  readonly sequence: bigint;
}

export interface AccountParts {
  readonly kind: AccountKind;
  /** The user's id, the service's id for revenue, empty for external. */
  readonly owner: string;
  /** The wallet's name; empty for the system's accounts. */
  readonly wallet: string;
}

export const MAIN_WALLET = 'main';

export function availableKey(userId: string, wallet: string): AccountKey {
  return accountKey({ kind: 'available', owner: userId, wallet });
}

export function reservedKey(userId: string, wallet: string): AccountKey {
  return accountKey({ kind: 'reserved', owner: userId, wallet });
}

export function revenueKey(serviceId: string): AccountKey {
  return accountKey({ kind: 'revenue', owner: serviceId, wallet: '' });
}

export const EXTERNAL_KEY: AccountKey = accountKey({ kind: 'external', owner: '', wallet: '' });

export function accountKey(parts: AccountParts): AccountKey {
  return `${parts.kind}/${parts.owner}/${parts.wallet}` as AccountKey;
}

/** The inverse of {@link accountKey}. Throws where the text was not made by it. */
export function accountParts(key: AccountKey): AccountParts {
  const [text, owner, wallet, ...rest] = key.split('/');
  const kind = ACCOUNT_KINDS.find((known) => known === text);
  if (kind === undefined || owner === undefined || wallet === undefined || rest.length > 0) {
    throw new Error(`${key} is no account`);
  }
  return { kind, owner, wallet };
}

export function isSystemKind(kind: AccountKind): boolean {
  return kind === 'external' || kind === 'revenue';
}

/** How the API names an account: `user:42:main:available`, `external`, `revenue:7`. */
export function accountName(parts: AccountParts): string {
  switch (parts.kind) {
    case 'available':
    case 'reserved':
      return `user:${parts.owner}:${parts.wallet}:${parts.kind}`;
    case 'revenue':
      return `revenue:${parts.owner}`;
    case 'external':
      return 'external';
    default:
      return parts.kind satisfies never;
  }
}
