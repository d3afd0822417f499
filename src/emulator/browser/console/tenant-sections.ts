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
import {
  type Clock,
  dayOf,
  isUndelivered,
  isWaiting,
  minutesLeft,
  shortened,
  tagOfValidity,
  timeOf,
} from '../shown.ts';
import { call, card, createConfirmation, createHappening, inWords, type View } from './parts.ts';
import type {
  ConsoleCertificate,
  ConsoleChallenge,
  ConsolePerson,
  ConsolePhone,
  ConsolePush,
} from './state.ts';

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

/** Who is in the tenant, and what rings when they sign in. */
export function createPeople(): View {
  const list = make('ul', { class: 'people' });
  const others = make('ul', { class: 'others' });
  const summary = make('summary');
  const more = make('details', {}, summary, others);
  const rest = make('p', { class: 'lead' });
  const said = make('p', { role: 'status', class: 'said' });
  const [views, otherViews]: [ItemView<Listed>[], ItemView<ConsolePerson>[]] = [[], []];

  const challenge = async (user: string): Promise<void> => {
    const answer = await call('/emulator/challenge', { User: user });
    setText(said, inWords(answer, `${user} was challenged.`));
  };

  return {
    element: make(
      'section',
      { class: 'card', 'aria-labelledby': 'people' },
      make(
        'div',
        { class: 'line' },
        make('h2', { id: 'people' }, 'Users and phones'),
        make('a', { class: 'button', href: '/phone', target: '_blank', rel: 'noopener' }, 'Open a phone'),
      ),
      list,
      more,
      rest,
      said,
    ),
    update({ people: { items, total } }) {
      const isOther = ({ kind, phones }: ConsolePerson): boolean =>
        kind === 'rehearsal' && phones.total === 0;
      const main = items.filter((person) => !isOther(person));
      const first = main.find(isReachable);
      const listed = main.map((person) => ({ person, isFirst: person === first }));
      fillList(list, views, listed, () => createPerson(challenge));
      const rehearsing = items.filter(isOther);
      more.hidden = rehearsing.length === 0;
      setText(summary, `${rehearsing.length} more, to rehearse other ways to sign in`);
      fillList(others, otherViews, rehearsing, createOther);
      rest.hidden = total === items.length;
      setText(rest, `and ${total - items.length} more users`);
    },
  };
}

interface Listed {
  readonly person: ConsolePerson;
  /** Whether the one primary button is theirs. */
  readonly isFirst: boolean;
}

function isReachable({ phones }: ConsolePerson): boolean {
  return phones.items.some((phone) => phone.isReachable);
}

function createPerson(challenge: (user: string) => Promise<void>): ItemView<Listed> {
  const name = make('bdi');
  const list = make('ul', { class: 'phones' });
  const whom = make('span', { class: 'unseen' });
  const button = make('button', { type: 'button' }, 'Challenge', whom);
  const views: ItemView<ConsolePhone>[] = [];
  const none = make('span', { class: 'lead' });
  let user = '';
  button.addEventListener('click', () => void challenge(user));
  return {
    element: make('li', {}, make('div', { class: 'who' }, name), make('div', {}, list, none), button),
    update({ person, isFirst }) {
      user = person.user;
      setText(name, user);
      const { items, total } = person.phones;
      none.hidden = total > 0 && total === items.length;
      if (total > 0) setText(none, `and ${total - items.length} more`);
      else setText(none, person.kind === 'program' ? 'a service user, which has no phone' : 'no phone');
      fillList(list, views, items, createPhone);
      button.hidden = !isReachable(person);
      setAttribute(button, 'class', isFirst ? 'small primary' : 'small');
      setText(whom, ` ${user}`);
    },
  };
}

function createPhone(): ItemView<ConsolePhone> {
  const name = make('bdi');
  const detail = make('span', { class: 'lead' });
  const tag = make('span');
  return {
    element: make('li', {}, name, ' ', detail, ' ', tag),
    update({ name: text, os, osVersion, udid, isReachable: reachable, hasCodes }) {
      setText(name, text);
      setText(detail, `${os === 'ios' ? 'iOS' : 'Android'} ${osVersion} · ${udid.slice(0, 8)}…`);
      if (!reachable) setTag(tag, 'warn', 'no device token');
      else if (os === 'android') setTag(tag, 'plain', 'not reachable from here');
      else setTag(tag, hasCodes ? 'ok' : 'warn', hasCodes ? 'reachable' : 'reachable, no codes');
    },
  };
}

function createOther(): ItemView<ConsolePerson> {
  const name = make('bdi');
  return { element: make('li', {}, name), update: ({ user }) => setText(name, user) };
}
