/** Whether the vendor's envelope reports success, however it spells the member; undefined for anything but an envelope. */
export function successIn(answer: Readonly<Record<string, unknown>>): unknown {
  return Object.entries(answer).find(([name]) => name.toLowerCase() === 'success')?.[1];
}

/** Whether a `MessageID` reports a missing right or scope. */
export function isMissingRight(messageId: unknown): boolean {
  return typeof messageId === 'string' && /UnauthorizedAccess/i.test(messageId);
}
