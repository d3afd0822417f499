import { CliError } from '../../errors/cli-error.ts';

/** Most bytes of a collapse ID. */
const collapseLimit = 64;
/** Seconds that a push is kept for; APNs keeps none longer than the last. */
const defaultExpiration = 300;
const longestExpiration = 30 * 86_400;

/**
 * The headers of an MFA push: an alert, at once, worthless after its expiration.
 * @throws {CliError} usage
 * @see https://developer.apple.com/documentation/usernotifications/sending-notification-requests-to-apns
 */
export function pushHeaders(
  topic: string | null,
  { expiration, collapseId }: { readonly expiration?: string; readonly collapseId?: string },
  now: Date,
): Record<string, string> {
  const seconds = requireSeconds(expiration);
  return {
    ...(topic === null ? {} : { 'apns-topic': topic }),
    'apns-push-type': 'alert',
    'apns-priority': '10',
    'apns-expiration': String(seconds === 0 ? 0 : Math.floor(now.getTime() / 1000) + seconds),
    ...(collapseId === undefined ? {} : { 'apns-collapse-id': requireCollapseId(collapseId) }),
  };
}

/** 0: it is delivered at once or not at all. @throws {CliError} usage */
function requireSeconds(text: string | undefined): number {
  if (text === undefined) return defaultExpiration;
  const seconds = Number(text);
  if (/^\d+$/.test(text) && seconds <= longestExpiration) return seconds;
  throw new CliError('usage', `"${text}" is not a time of expiration: it takes seconds, up to 30 days`, {
    facts: { option: '--expiration SECONDS' },
  });
}

/** What a header can carry. @throws {CliError} usage */
function requireCollapseId(text: string): string {
  if (text.length <= collapseLimit && /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(text)) return text;
  throw new CliError('usage', `A collapse ID has 1 to ${collapseLimit} bytes of printable ASCII`, {
    facts: { option: '--collapse-id ID' },
  });
}
