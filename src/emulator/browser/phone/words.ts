import { visible } from '../visible.ts';
import type { PhoneState } from './phone.ts';

/** What stands above the phone: the answer, and what follows from it. */
export interface Words {
  readonly heading: string;
  readonly lead: string;
}

export function wordsOf(state: PhoneState): Words {
  const { stage, failure, isLost, wish, enrollment } = state;
  if (isLost) return { heading: 'The tenant does not answer', lead: 'The phone keeps trying.' };
  switch (stage) {
    case 'new':
      return {
        heading: 'This phone has no user yet',
        lead: visible(
          failure ??
            'Sign in as a user, and it enrolls as the vendor’s app does. Each tab is a phone of its own.',
        ),
      };
    case 'busy':
      return { heading: 'The phone is talking to the tenant', lead: 'One moment.' };
    case 'signed-out':
      return {
        heading: 'The tenant ended the session',
        lead: visible(failure ?? 'Sign in again: the phone stays the same.'),
      };
    case 'unenrolled':
      return {
        heading: 'The tenant does not know this phone',
        lead: visible(failure ?? 'Enroll it again.'),
      };
    case 'listening':
      return (
        newest(state) ?? {
          heading: 'Waiting for a push',
          lead: visible(`${enrollment?.user ?? ''}, for ${wish?.bundleId ?? ''}`),
        }
      );
  }
}

/** What became of the newest push; null: there is none. */
function newest({ notifications: [push], failure }: PhoneState): Words | null {
  if (push === undefined)
    return failure === null ? null : { heading: 'Waiting for a push', lead: visible(failure) };
  if (push.refusal !== null)
    return { heading: 'The tenant did not accept the answer', lead: visible(push.refusal) };
  switch (push.state) {
    case 'waiting':
      return { heading: 'A push came', lead: 'Somebody is signing in: approve or deny it.' };
    case 'sending':
      return { heading: 'Sending the answer', lead: 'With a one-time password from this phone.' };
    case 'approved':
      return { heading: 'Approved', lead: 'The tenant accepted the answer: the sign-in goes ahead.' };
    case 'denied':
      return { heading: 'Denied', lead: 'The tenant accepted the answer: the sign-in is stopped.' };
  }
}
