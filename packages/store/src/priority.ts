import { PRIORITIES, type Priority } from '@saldo/ledger';

/** How a priority is kept in the database: 0 high, 1 normal, 2 low. */
export function priorityIndex(priority: Priority): number {
  return PRIORITIES.indexOf(priority);
}

/** The inverse of {@link priorityIndex}. Throws for an index that there is not. */
export function priorityAt(index: number): Priority {
  const priority = PRIORITIES[index];
  if (priority === undefined) throw new Error(`no priority ${index}`);
  return priority;
}
