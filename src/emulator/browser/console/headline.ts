import { count } from '../../../text/phrasing.ts';
import { daysUntil, shortened } from '../shown.ts';
import type { ConsoleChallenge, ConsoleState } from './state.ts';

/** The answer first, as a sentence, and what else to know or to do about it. */
interface Headline {
  readonly sentence: string;
  readonly lead: string;
}

/** Milliseconds from the push on for which its answer is the news. */
const fresh = 5 * 60 * 1000;

/** @param now milliseconds since 1970, the tenant's */
export function headlineOf(state: ConsoleState, now: number): Headline {
  const [last] = state.challenges.items;
  if (last !== undefined && isWaiting(last, now) && isUndelivered(last)) return ofUndelivered(last);
  const waiting = state.challenges.items.filter(
    (challenge) => isWaiting(challenge, now) && !isUndelivered(challenge),
  );
  const [newest] = waiting;
  if (newest !== undefined) return ofWaiting(newest, waiting.length);
  const isNews = last !== undefined && now - Date.parse(last.openedAt) < fresh;
  if (isNews && last.verdict === 'Approved')
    return { sentence: `${last.user} approved the sign-in`, lead: reachOf(state) };
  if (isNews && last.verdict === 'Denied')
    return { sentence: `${last.user} denied the sign-in`, lead: reachOf(state) };
  return ofCertificate(state, now);
}

/** Whether somebody can still answer. */
export function isWaiting({ verdict, expiresAt }: ConsoleChallenge, now: number): boolean {
  return verdict === 'Pending' && now < Date.parse(expiresAt);
}

/** Whether APNs took it for no phone: nobody sees it. */
export function isUndelivered({ pushes }: ConsoleChallenge): boolean {
  return pushes.length > 0 && pushes.every(({ status }) => status !== 200);
}

function ofUndelivered({ user, pushes: [push] }: ConsoleChallenge): Headline {
  const why = [push?.status, push?.reason].filter((word) => word != null).join(' ');
  return { sentence: 'The push did not arrive', lead: `${user}: ${why}` };
}

function ofWaiting({ user, pushes }: ConsoleChallenge, waiting: number): Headline {
  const names = pushes.flatMap(({ phone, status }) => (status === 200 && phone !== null ? [phone] : []));
  return {
    sentence: waiting === 1 ? 'A push awaits an answer' : `${waiting} pushes await an answer`,
    lead: names.length === 0 ? user : `${user}, ${names.join(', ')}`,
  };
}

function ofCertificate(state: ConsoleState, now: number): Headline {
  const used = state.certificates.find(({ isUsed }) => isUsed);
  if (used === undefined)
    return {
      sentence: 'No push certificate is set yet',
      lead:
        state.certificates.length === 0
          ? 'mfa-cli apns set gives the tenant one.'
          : 'The one that was set last has been deleted.',
    };
  const topic = shortened(used.topic);
  const days = used.notAfter === null ? null : daysUntil(used.notAfter, now);
  return days !== null && days >= 0 && used.fault !== null
    ? { sentence: `The certificate for ${topic} cannot push`, lead: used.fault }
    : { sentence: validity(topic, days), lead: reachOf(state) };
}

/** @param days null: it cannot be opened */
function validity(topic: string, days: number | null): string {
  if (days === null) return `The certificate for ${topic} cannot be opened`;
  if (days < 0) return `The certificate for ${topic} expired ${count(-days, 'day')} ago`;
  return days === 0
    ? `The certificate for ${topic} expires within a day`
    : `${topic} can push for ${count(days, 'more day')}`;
}

function reachOf({ phones: { total, reachable } }: ConsoleState): string {
  if (total === 0)
    return 'No phone is enrolled yet: open one here, or enroll one with mfa-cli device enroll.';
  return reachable === 0 ? 'No phone can be reached yet.' : `${count(reachable, 'phone')} can be reached.`;
}
