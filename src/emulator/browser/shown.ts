import { count } from '../../text/phrasing.ts';
import type { ConsoleCertificate, ConsoleChallenge, ConsoleState } from './console/state.ts';

/** A text of limited length. */
export function shortened(text: string): string {
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}

const longest = 200;

const day = 24 * 60 * 60 * 1000;

/** Whole days, counted like `mfa-cli`: negative after the end, from -1 on the first day. */
function daysUntil(iso: string, now: number): number {
  const left = (Date.parse(iso) - now) / day;
  return left < 0 ? Math.min(-1, Math.ceil(left)) : Math.floor(left);
}

/** `4:09` */
export function minutesLeft(iso: string, now: number): string {
  const seconds = Math.max(0, Math.ceil((Date.parse(iso) - now) / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

const times = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });

/** `00:21:09`, in the browser's time zone. */
export function timeOf(iso: string): string {
  return times.format(Date.parse(iso));
}

/** Days left at which the console starts to warn, like `mfa-cli` without `--warn-days`. */
const warnDays = 30;

type Objection = ConsoleCertificate['against'][number];

export function objectionInWords({ code, message }: Objection): string {
  return `${shortened(message)} [${code}]`;
}

/** The remaining life of a certificate, or that its pushes will not reach phones, as a tag. */
export function tagOfValidity(
  { notAfter, against }: Pick<ConsoleCertificate, 'notAfter' | 'against'>,
  now: number,
): readonly [tone: 'ok' | 'warn' | 'bad', words: string] {
  if (notAfter === null) return ['bad', 'cannot be opened'];
  const days = daysUntil(notAfter, now);
  if (days < 0) return ['bad', 'expired'];
  if (against.length > 0) return ['bad', 'cannot push'];
  return [days <= warnDays ? 'warn' : 'ok', days === 1 ? '1 day left' : `${days} days left`];
}

/** Whether nothing speaks against pushes with the certificate in use. */
export function canPush({ certificates }: ConsoleState, now: number): boolean {
  const used = certificates.find(({ isUsed }) => isUsed);
  return used !== undefined && tagOfValidity(used, now)[0] !== 'bad';
}

/** Milliseconds after a push in which its answer is the headline. */
const fresh = 5 * 60 * 1000;

/** The most important fact, as a sentence, its details, and a command that follows them. */
type Headline = readonly [sentence: string, lead: string, command?: string];

/** @param now milliseconds since 1970, the tenant's */
export function headlineOf(state: ConsoleState, now: number): Headline {
  const [last] = state.challenges.items;
  const waiting = state.challenges.items.filter((challenge) => isWaiting(challenge, now));
  if (last !== undefined && last === waiting[0] && isUndelivered(last)) {
    const [push] = last.pushes;
    const why = [push?.status, push?.reason].filter((word) => word != null);
    return ['The push did not arrive', `${last.user}: ${why.join(' ')}`];
  }
  const delivered = waiting.filter((challenge) => !isUndelivered(challenge));
  const [newest] = delivered;
  if (newest !== undefined) {
    const phones = newest.pushes.filter(({ status }) => status === 200).map(({ phone }) => phone);
    return [
      delivered.length === 1
        ? 'A push is waiting for an answer'
        : `${delivered.length} pushes are waiting for an answer`,
      [newest.user, ...phones].filter((name) => name !== null).join(', '),
    ];
  }
  const isNews = last !== undefined && now - Date.parse(last.openedAt) < fresh;
  if (isNews && (last.verdict === 'Approved' || last.verdict === 'Denied'))
    return [`${last.user} ${last.verdict.toLowerCase()} the sign-in`, reachOf(state)];
  return ofCertificate(state, now);
}

/** Whether the challenge can still be answered. */
export function isWaiting({ verdict, expiresAt }: ConsoleChallenge, now: number): boolean {
  return verdict === 'Pending' && now < Date.parse(expiresAt);
}

/** Whether APNs accepted the push for no phone. */
export function isUndelivered({ pushes }: ConsoleChallenge): boolean {
  return pushes.length > 0 && pushes.every(({ status }) => status !== 200);
}

function ofCertificate(state: ConsoleState, now: number): Headline {
  const used = state.certificates.find(({ isUsed }) => isUsed);
  if (used === undefined)
    return state.certificates.length === 0
      ? ['No push certificate is set', 'Set one from a terminal: ', 'mfa-cli apns set cert.p12']
      : ['No push certificate is in use', 'The key in use was deleted. Set one to push again.'];
  const topic = shortened(used.topic);
  const [tone, words] = tagOfValidity(used, now);
  if (tone !== 'bad' && used.notAfter !== null)
    return [
      `${topic} can push for ${count(daysUntil(used.notAfter, now), 'more day')}`,
      reachOf(state),
    ];
  const [objection] = used.against;
  const why = words === 'expired' ? 'The certificate has expired.' : 'It cannot be opened.';
  return [
    `Pushes for ${topic} will not reach phones`,
    objection === undefined ? why : objectionInWords(objection),
  ];
}

function reachOf({ phones: { total, reachable } }: ConsoleState): string {
  if (total === 0)
    return 'No phone is enrolled yet. Open one here, or enroll one with mfa-cli device enroll.';
  return reachable === 0
    ? 'No phone can be reached yet.'
    : `${count(reachable, 'phone')} can be reached.`;
}
