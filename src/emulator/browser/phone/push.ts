import type { DeliveredPush } from './device-calls.ts';
import { membersOf, textIn } from './tenant-call.ts';

/** A push as an iPhone shows it. */
export interface ShownPush {
  readonly app: string;
  readonly title: string | null;
  readonly message: string;
  /** What goes back with the answer; null: this is no MFA push. */
  readonly challenge: string | null;
  /** Whether iOS offers Approve and Deny: for this category alone. */
  readonly hasActions: boolean;
}

const category = 'MfaNotificationCategoryId';

/** iOS shows `aps.alert`, a text or a title and a body; the vendor's app reads `payload.Options`. */
export function readPush({ topic, payload }: DeliveredPush): ShownPush {
  const aps = membersOf(membersOf(payload).aps);
  const options = membersOf(membersOf(membersOf(payload).payload).Options);
  const alert = membersOf(aps.alert);
  return {
    app: appName(topic),
    title: textIn(alert.title),
    message: textIn(aps.alert) ?? textIn(alert.body) ?? textIn(options.Message) ?? '',
    challenge: textIn(options.ChallengeAnswer),
    hasActions: aps.category === category,
  };
}

/** A name for an app of which only the bundle ID is known: `Example` of `com.example.app`. */
function appName(bundleId: string): string {
  const parts = bundleId.split('.');
  const word = parts.findLast((part, index) => index > 0 && part.toLowerCase() !== 'app') ?? bundleId;
  return word.charAt(0).toUpperCase() + word.slice(1);
}
