/** A decimal such as `"199.99"`. Going in, it has at most 4 places; coming out, 2 to 4. */
export type Money = string;

interface Common {
  readonly priority?: 'high' | 'normal' | 'low';
  readonly description?: string;
  readonly metadata?: Readonly<Record<string, string | number | boolean | null>>;
}

/** What Saldo can be asked to do with money. */
export type Operation = Common &
  (
    | {
        readonly type: 'deposit' | 'withdraw';
        readonly user_id: string;
        readonly amount: Money;
        readonly wallet?: string;
      }
    | {
        readonly type: 'transfer';
        readonly from_user_id: string;
        readonly to_user_id: string;
        readonly amount: Money;
        readonly from_wallet?: string;
        readonly to_wallet?: string;
      }
    | {
        readonly type: 'reserve';
        readonly user_id: string;
        readonly order_id: string;
        readonly service_id?: string;
        readonly amount: Money;
        readonly wallet?: string;
      }
    | {
        readonly type: 'capture';
        readonly user_id: string;
        readonly order_id: string;
        readonly service_id: string;
        readonly amount?: Money;
      }
    | {
        readonly type: 'capture';
        readonly user_id: string;
        readonly order_id: string;
        readonly lines: readonly { readonly service_id: string; readonly amount: Money }[];
      }
    | {
        readonly type: 'release';
        readonly user_id: string;
        readonly order_id: string;
        readonly service_id?: string;
        readonly amount?: Money;
      }
    | {
        readonly type: 'refund';
        readonly user_id: string;
        readonly order_id: string;
        readonly service_id: string;
        readonly amount?: Money;
      }
  );

export type OperationType = Operation['type'];

/** The receipt of something accepted, and once it is finished, how it ended. */
export interface Job {
  readonly id: string;
  readonly type: OperationType | 'report';
  readonly status: 'queued' | 'completed' | 'rejected' | 'failed';
  readonly created_at: string;
  readonly finished_at: string | null;
  readonly request: Readonly<Record<string, unknown>>;
  readonly result: { readonly entries?: readonly Entry[]; readonly [name: string]: unknown } | null;
  readonly error: { readonly code: string; readonly detail: string } | null;
}

/** One side of a movement. Balance and sequence are null for a system account. */
export interface Entry {
  readonly account: string;
  readonly user_id: string | null;
  readonly wallet: string | null;
  readonly kind: 'available' | 'reserved' | 'external' | 'revenue';
  readonly direction: 'debit' | 'credit';
  readonly amount: Money;
  readonly balance: Money | null;
  readonly sequence: number | null;
}

export interface Balance {
  readonly user_id: string;
  readonly available: Money;
  readonly reserved: Money;
  readonly wallets: readonly {
    readonly wallet: string;
    readonly available: Money;
    readonly reserved: Money;
    readonly sequence: number;
  }[];
}

/** One movement on one of a user's accounts. */
export interface HistoryEntry {
  readonly job_id: string;
  readonly type: OperationType;
  readonly status: 'completed';
  readonly direction: 'debit' | 'credit';
  readonly wallet: string;
  readonly amount: Money;
  readonly balance: Money;
  readonly sequence: number;
  readonly description: string;
  readonly counterparty: string;
  readonly order_id: string | null;
  readonly service_id: string | null;
  readonly created_at: string;
}

export interface Service {
  readonly id: string;
  readonly name: string;
  readonly price: Money | null;
  readonly description?: string;
  readonly updated_at: string;
}

export interface JobFilter {
  readonly status?: Job['status'];
  readonly type?: Job['type'];
  readonly user_id?: string;
}

export interface HistoryFilter {
  readonly sort?: '-created_at' | 'created_at' | '-amount' | 'amount';
  readonly type?: OperationType;
  /** RFC 3339; inclusive. */
  readonly from?: string;
  /** RFC 3339; exclusive. */
  readonly to?: string;
}
