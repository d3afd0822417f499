import { count } from '../../../text/phrasing.ts';
import {
  createFields,
  fillList,
  type ItemView,
  make,
  setAttribute,
  setTag,
  setText,
  type Tone,
} from '../dom.ts';
import { type Clock, dayOf, minutesLeft, shortened, tagOfValidity, timeOf } from '../shown.ts';
import { isUndelivered, isWaiting } from './headline.ts';
import { call, card, createConfirmation, createHappening, inWords, type View } from './parts.ts';
import type { ConsoleCertificate, ConsoleChallenge, ConsolePush } from './state.ts';

/** The sign-ins that wait or have waited for a phone. */
export function createChallenges(clock: Clock): View {
  const list = make('ol', { class: 'events' });
  const total = make('p', { class: 'lead total' });
  const none = make(
    'p',
    { class: 'none' },
    'No challenge yet. It stands for a sign-in somewhere, and the user’s phone rings.',
  );
  const views: ItemView<ConsoleChallenge>[] = [];
  return {
    element: card(
      'challenges',
      'Challenges',
      make(
        'div',
        { class: 'scroll', tabindex: '0', role: 'group', 'aria-labelledby': 'challenges' },
        none,
        list,
      ),
      total,
    ),
    update({ challenges }) {
      none.hidden = challenges.total > 0;
      fillList(list, views, challenges.items, () => createChallenge(clock));
      setText(
        total,
        challenges.total > challenges.items.length
          ? `${count(challenges.total, 'challenge')}, the latest ${challenges.items.length} shown`
          : '',
      );
    },
  };
}

function createChallenge(clock: Clock): ItemView<ConsoleChallenge> {
  return createHappening((challenge) => ({
    at: challenge.openedAt,
    who: challenge.user,
    words: challenge.pushes.length === 0 ? 'on its way' : wordsOf(challenge.pushes),
    tag: tagOf(challenge, clock.now()),
  }));
}

function tagOf(challenge: ConsoleChallenge, now: number): readonly [Tone, string] {
  if (isWaiting(challenge, now))
    return isUndelivered(challenge)
      ? ['bad', 'not delivered']
      : ['warn', `waiting ${minutesLeft(challenge.expiresAt, now)}`];
  if (challenge.verdict === 'Approved') return ['ok', 'approved'];
  return challenge.verdict === 'Denied' ? ['bad', 'denied'] : ['plain', 'expired'];
}

/** The name of the only phone is left out where there is a reason to read. */
function wordsOf(pushes: readonly ConsolePush[]): string {
  const [only] = pushes;
  return pushes.length === 1 && only !== undefined && only.status !== 200
    ? reasonOf(only)
    : pushes.map(pushInWords).join(', ');
}

function pushInWords(push: ConsolePush): string {
  const whom = push.phone ?? 'a phone that is gone';
  return push.status === 200 ? `pushed to ${whom}` : `${whom}: ${reasonOf(push)}`;
}

function reasonOf({ status, reason }: ConsolePush): string {
  return [status, reason].filter((word) => word !== null).join(' ');
}

/** Which certificate is set for which client app key and topic. */
export function createCertificates(clock: Clock): View {
  const list = make('div');
  const command = make('code', {}, 'mfa-cli apns set cert.p12');
  const none = make('p', { class: 'none' }, 'None is set. In a terminal, give the tenant one:', command);
  const said = make('p', { role: 'status', class: 'said', tabindex: '-1' });
  const confirmation = createConfirmation();
  const views: ItemView<ConsoleCertificate>[] = [];

  const remove = async ({ clientAppKey }: ConsoleCertificate): Promise<void> => {
    const name = shortened(clientAppKey);
    const question = `Delete the certificate of ${name}?`;
    if (!(await confirmation.ask(question, 'No push can be sent with it until one is set again.', 'Delete')))
      return;
    const answer = await call('/Mobile/DeleteApnsCertForClientApp', { ClientAppKey: clientAppKey });
    setText(said, inWords(answer, `The certificate of ${name} was deleted.`));
    // The button is about to go, or to be that of another certificate.
    if (answer?.success === true) said.focus();
  };

  return {
    element: make(
      'section',
      { class: 'card certificates', 'aria-labelledby': 'certificates' },
      make('h2', { id: 'certificates' }, 'Push certificate'),
      list,
      none,
      said,
      confirmation.element,
    ),
    update({ certificates }) {
      none.hidden = certificates.length > 0;
      fillList(list, views, certificates, () => createCertificate(clock, remove));
    },
  };
}

function createCertificate(
  clock: Clock,
  remove: (certificate: ConsoleCertificate) => Promise<void>,
): ItemView<ConsoleCertificate> {
  const key = make('bdi');
  const tag = make('span');
  const button = make('button', { type: 'button', class: 'small' }, 'Delete');
  const fields = createFields(['Topic', 'Ends', 'Serves', 'Set', 'Pushes']);
  let shown: ConsoleCertificate | null = null;
  button.addEventListener('click', () => {
    if (shown !== null) void remove(shown);
  });
  return {
    element: make(
      'div',
      { class: 'item' },
      make('div', { class: 'line' }, make('h3', {}, make('code', {}, key)), tag, button),
      fields.element,
    ),
    update(certificate) {
      shown = certificate;
      const { clientAppKey, topic, notAfter, fault, set, isUsed } = certificate;
      setText(key, shortened(clientAppKey));
      setAttribute(button, 'aria-label', `Delete the certificate of ${shortened(clientAppKey)}`);
      setTag(tag, ...tagOfValidity(certificate, clock.now()));
      fields.update([
        shortened(topic),
        notAfter === null ? 'unknown' : dayOf(notAfter),
        servedIn(certificate),
        set === null ? 'before the emulator was started' : `by ${set.by}, ${timeOf(set.at)}`,
        fault ?? (isUsed ? 'use this one: it was set last' : 'use another one, which was set later'),
      ]);
    },
  };
}

function servedIn({ notAfter, environments }: ConsoleCertificate): string {
  if (environments.length > 0) return environments.join(' and ');
  return notAfter === null ? 'unknown' : 'neither sandbox nor production';
}
