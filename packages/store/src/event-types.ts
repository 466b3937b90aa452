/** Everything that webhooks and the feed of events tell of. */
export const EVENT_TYPES = [
  'operation.completed',
  'operation.rejected',
  'report.completed',
  'report.failed',
  'webhook.test',
  'webhook_endpoint.disabled',
] as const;

export type EventType = (typeof EVENT_TYPES)[number];

/** What endpoints and readers may ask for: a type, all of a kind (`operation.*`), or everything (`*`). */
export const EVENT_PATTERNS: readonly string[] = [
  '*',
  ...new Set(EVENT_TYPES.map((type) => `${type.slice(0, type.indexOf('.'))}.*`)),
  ...EVENT_TYPES,
];

export function isEventType(text: string): text is EventType {
  return EVENT_TYPES.some((type) => type === text);
}

export function isOperationEvent(type: EventType): boolean {
  return type.startsWith('operation.');
}
