/** What the vendor's envelope says of success, however it spells the member; undefined for what is no envelope. */
export function successIn(answer: Readonly<Record<string, unknown>>): unknown {
  return Object.entries(answer).find(([name]) => name.toLowerCase() === 'success')?.[1];
}

/** Whether a `MessageID` is that of a right, or a scope, which is missing. */
export function isMissingRight(messageId: unknown): boolean {
  return typeof messageId === 'string' && /UnauthorizedAccess/i.test(messageId);
}
