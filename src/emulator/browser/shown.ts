import { count } from '../../text/phrasing.ts';
import type { ConsoleCertificate, ConsoleChallenge, ConsoleState } from './console/state.ts';
import type { Mark } from './mark.ts';

/** A text of limited length. */
export function shortened(text: string): string {
  return text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
}

const maxLength = 200;

const day = 24 * 60 * 60 * 1000;

/**
 * Whole days, counted like `mfa-cli`: negative after the end, from -1 on the first day.
 */
function daysUntil(iso: string, now: number): number {
  const days = (Date.parse(iso) - now) / day;
  return days < 0 ? Math.min(-1, Math.ceil(days)) : Math.floor(days);
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

/**
 * Days left at which the console starts to warn, like `mfa-cli` without `--warn-days`.
 */
const warnDays = 30;

type Objection = ConsoleCertificate['against'][number];

export function objectionInWords({ code, message }: Objection): string {
  return `${shortened(message)} [${code}]`;
}

/** The remaining life of a certificate, or that its pushes will not reach phones. */
export function validityMark(
  { notAfter, against }: Pick<ConsoleCertificate, 'notAfter' | 'against'>,
  now: number,
): Mark {
  if (notAfter === null) return { tone: 'bad', words: 'cannot be opened' };
  const days = daysUntil(notAfter, now);
  if (days < 0) return { tone: 'bad', words: 'expired' };
  if (against.length > 0) return { tone: 'bad', words: 'cannot push' };
  const words = days === 1 ? '1 day left' : `${days} days left`;
  return { tone: days <= warnDays ? 'warn' : 'ok', words };
}

/** Whether nothing speaks against pushes with the certificate in use. */
export function canPush({ certificates }: ConsoleState, now: number): boolean {
  const used = certificates.find(({ isUsed }) => isUsed);
  return used !== undefined && validityMark(used, now).tone !== 'bad';
}

/** Milliseconds after a push in which its answer is the headline. */
const recentPeriod = 5 * 60 * 1000;

/** The most important fact. */
export interface Headline {
  readonly sentence: string;
  /** Its details. */
  readonly lead: string;
  /** The command that the details end with. */
  readonly command?: string;
}

/** @param now milliseconds since 1970, the tenant's */
export function headlineOf(state: ConsoleState, now: number): Headline {
  const [latest] = state.challenges.items;
  const waiting = state.challenges.items.filter((challenge) => isWaiting(challenge, now));
  if (latest !== undefined && latest === waiting[0] && isUndelivered(latest))
    return undeliveredHeadline(latest);
  const delivered = waiting.filter((challenge) => !isUndelivered(challenge));
  const [newest] = delivered;
  if (newest !== undefined) return waitingHeadline(newest, delivered.length);
  if (latest !== undefined && isRecentAnswer(latest, now)) {
    const verdict = latest.verdict.toLowerCase();
    return { sentence: `${latest.user} ${verdict} the sign-in`, lead: reachOf(state) };
  }
  return certificateHeadline(state, now);
}

function undeliveredHeadline({ user, pushes }: ConsoleChallenge): Headline {
  const [push] = pushes;
  const cause = [push?.status, push?.reason].filter((word) => word != null).join(' ');
  return { sentence: 'The push did not arrive', lead: `${user}: ${cause}` };
}

/** @param total the number of challenges that wait */
function waitingHeadline({ user, pushes }: ConsoleChallenge, total: number): Headline {
  const phones = pushes.filter(({ status }) => status === 200).map(({ phone }) => phone);
  return {
    sentence:
      total === 1 ? 'A push is waiting for an answer' : `${total} pushes are waiting for an answer`,
    lead: [user, ...phones].filter((name) => name !== null).join(', '),
  };
}

function isRecentAnswer({ verdict, openedAt }: ConsoleChallenge, now: number): boolean {
  const isAnswered = verdict === 'Approved' || verdict === 'Denied';
  return isAnswered && now - Date.parse(openedAt) < recentPeriod;
}

/** Whether the challenge can still be answered. */
export function isWaiting({ verdict, expiresAt }: ConsoleChallenge, now: number): boolean {
  return verdict === 'Pending' && now < Date.parse(expiresAt);
}

/** Whether APNs accepted the push for no phone. */
export function isUndelivered({ pushes }: ConsoleChallenge): boolean {
  return pushes.length > 0 && pushes.every(({ status }) => status !== 200);
}

function certificateHeadline(state: ConsoleState, now: number): Headline {
  const used = state.certificates.find(({ isUsed }) => isUsed);
  if (used === undefined) return state.certificates.length === 0 ? noCertificate : noneInUse;
  const topic = shortened(used.topic);
  const { tone, words } = validityMark(used, now);
  if (tone !== 'bad' && used.notAfter !== null) {
    const days = count(daysUntil(used.notAfter, now), 'more day');
    return { sentence: `${topic} can push for ${days}`, lead: reachOf(state) };
  }
  const [objection] = used.against;
  const cause = words === 'expired' ? 'The certificate has expired.' : 'It cannot be opened.';
  return {
    sentence: `Pushes for ${topic} will not reach phones`,
    lead: objection === undefined ? cause : objectionInWords(objection),
  };
}

const noCertificate: Headline = {
  sentence: 'No push certificate is set',
  lead: 'Set one from a terminal: ',
  command: 'mfa-cli apns set cert.p12',
};

const noneInUse: Headline = {
  sentence: 'No push certificate is in use',
  lead: 'The key in use was deleted. Set one to push again.',
};

function reachOf({ phones: { total, reachable } }: ConsoleState): string {
  if (total === 0)
    return 'No phone is enrolled yet. Open one here, or enroll one with mfa-cli device enroll.';
  return reachable === 0
    ? 'No enrolled phone has a device token yet.'
    : `${count(reachable, 'phone')} enrolled. A phone in the browser rings only while it is open.`;
}
