import type { OperationRequest } from '@saldo/ledger';

/**
 * What is known of an operation's fate by its client alone: it was answered with a job; or it was sent without an
 * idempotency key and the answer got lost, so that it may have been accepted or not.
 */
export type Fate = { readonly kind: 'accepted'; readonly jobId: string } | { readonly kind: 'unknown' };

/** One operation that a client sent. */
export interface Sent {
  /** In the operation's description, by which it is known again in the database. */
  readonly tag: string;
  readonly client: string;
  readonly request: OperationRequest;
  /** A client sends one thing after the other: higher is later. */
  readonly ordinal: number;
  fate: Fate;
}

/** All that the clients sent and were answered. */
export class Records {
  /** By tag. Kept for the whole run, so that something applied much later is known. */
  readonly sent = new Map<string, Sent>();
  /** What must never be: each in one line. */
  readonly losses: string[] = [];
  requests = 0;
  /** Requests that ended without an answer, with a gateway that was killed, say. */
  unanswered = 0;
  /** 503: turned away for now. */
  refused = 0;
  accepted = 0;
  polls = 0;

  add(sent: Sent): void {
    this.sent.set(sent.tag, sent);
  }

  accept(sent: Sent, jobId: string): void {
    if (sent.fate.kind === 'accepted') {
      if (sent.fate.jobId !== jobId) this.lose(`${sent.tag} was answered with two jobs: ${sent.fate.jobId}, ${jobId}`);
      return;
    }
    sent.fate = { kind: 'accepted', jobId };
    this.accepted += 1;
  }

  lose(what: string): void {
    this.losses.push(what);
  }
}
