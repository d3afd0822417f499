import { randomBytes } from 'node:crypto';
import { CliError } from '../errors/cli-error.ts';

/** The content of an MFA push; null leaves a key out. */
export interface MfaPush {
  readonly message: string;
  readonly title: string | null;
  /** What the app returns with its answer. */
  readonly challenge: string;
}

/** The most bytes of UTF-8 that APNs accepts as the payload of an alert, except for a VoIP push. */
const payloadLimit = 4096;

export const defaultMessage = 'A sign-in is waiting: approve or deny it';

/** The category whose actions the app shows as Approve and Deny; the vendor's SDK knows it by this name. */
export const category = 'MfaNotificationCategoryId';

/** The MFA push as the tenant sends it: the app reads `payload.Options.Message` and `ChallengeAnswer`. */
export function mfaPayload({ message, title, challenge }: MfaPush): Record<string, unknown> {
  return {
    aps: { alert: title === null ? message : { title, body: message }, category, sound: 'default' },
    payload: {
      Options: {
        Message: message,
        ChallengeAnswer: challenge,
        ...(title === null ? {} : { Title: title }),
      },
    },
  };
}

/**
 * A payload for `xcrun simctl push`, and for a file dropped onto Xcode's simulator, which contains the app's bundle ID.
 * @see https://developer.apple.com/documentation/xcode-release-notes/xcode-11_4-release-notes
 */
export function simulatorPayload(bundleId: string, push: MfaPush): Record<string, unknown> {
  return { 'Simulator Target Bundle': bundleId, ...mfaPayload(push) };
}

/** The bytes to send: compact JSON as UTF-8. @throws {CliError} usage, if APNs would not accept as many */
export function encodePayload(payload: Record<string, unknown>): Uint8Array {
  const bytes = Buffer.from(JSON.stringify(payload), 'utf8');
  if (bytes.length <= payloadLimit) return bytes;
  throw new CliError(
    'usage',
    `The payload has ${bytes.length} bytes, but APNs accepts only ${payloadLimit}: the message, the title or the challenge is too long`,
  );
}

/** An unguessable challenge, in the alphabet of URLs. */
export function randomChallenge(): string {
  return randomBytes(24).toString('base64url');
}

/** The push for the given options; what they leave out has a default. */
export function mfaPushOf({
  message = defaultMessage,
  title,
  challenge,
}: {
  readonly message?: string;
  readonly title?: string;
  readonly challenge?: string;
}): MfaPush {
  return { message, title: title ?? null, challenge: challenge ?? randomChallenge() };
}
