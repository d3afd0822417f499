import { count } from '../../../text/phrasing.ts';
import { make, type Tone, type Wanted } from '../dom.ts';
import { dayOf, isUndelivered, isWaiting, minutesLeft, shortened, tagOfValidity, timeOf } from '../shown.ts';
import { type Board, type Card, card, createConfirmation, happening, saidIn, scroll, tag } from './board.ts';
import type {
  ConsoleCertificate,
  ConsoleChallenge,
  ConsolePerson,
  ConsolePhone,
  ConsolePush,
} from './state.ts';

/** The sign-ins that wait or have waited for a phone. */
export const challenges: Card = ({ state: { challenges: all }, now }) =>
  card(
    'challenges',
    'Challenges',
    null,
    scroll(
      { 'aria-labelledby': 'challenges' },
      all.items.map((one) => happening(one.openedAt, one.user, wordsOf(one.pushes), tagOf(one, now))),
      'No challenge yet. It stands for a sign-in somewhere, and the user’s phone rings.',
    ),
    make(
      'p.lead.total',
      all.total > all.items.length
        ? `${count(all.total, 'challenge')}, the latest ${all.items.length} shown`
        : '',
    ),
  );

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
  if (only === undefined) return 'on its way';
  return pushes.length === 1 && only.status !== 200 ? reasonOf(only) : pushes.map(pushInWords).join(', ');
}

function pushInWords(push: ConsolePush): string {
  const whom = push.phone ?? 'a phone that is gone';
  return push.status === 200 ? `pushed to ${whom}` : `${whom}: ${reasonOf(push)}`;
}

function reasonOf({ status, reason }: ConsolePush): string {
  return [status, reason].filter((word) => word !== null).join(' ');
}

/** Which certificate is set for which client app key and topic. */
export function createCertificates(): Card {
  const confirmation = createConfirmation();
  const remove = async ({ clientAppKey }: ConsoleCertificate, { act }: Board): Promise<void> => {
    const name = shortened(clientAppKey);
    const question = `Delete the certificate of ${name}?`;
    if (!(await confirmation.ask(question, 'No push can be sent with it until one is set again.', 'Delete')))
      return;
    const parameters = { ClientAppKey: clientAppKey };
    const done = `The certificate of ${name} was deleted.`;
    // The button is about to go, or to be that of another certificate.
    if (await act('certificates', '/Mobile/DeleteApnsCertForClientApp', parameters, done))
      document.getElementById('certificates-said')?.focus();
  };
  return (board) => {
    const { certificates } = board.state;
    const none = make(
      'p.none',
      'None is set. In a terminal, give the tenant one:',
      make('code', 'mfa-cli apns set cert.p12'),
    );
    return card(
      'certificates',
      'Push certificate',
      null,
      make(
        'div',
        ...certificates.map((one) =>
          certificate(one, useOf(one, certificates), board.now, () => remove(one, board)),
        ),
      ),
      certificates.length > 0 ? null : none,
      saidIn('certificates', board),
      confirmation.element,
    );
  };
}

/** A tag in place of how long it lasts, and what pushes do; null: they are sent with it. */
type Unused = readonly [word: string, pushes: string] | null;

function useOf({ isUsed }: ConsoleCertificate, all: readonly ConsoleCertificate[]): Unused {
  if (isUsed) return null;
  return all.some((other) => other.isUsed)
    ? ['ignored', 'ignore this one: another key was set later']
    : ['not used', 'use none: a deletion left the tenant without a key to push with'];
}

function certificate(
  one: ConsoleCertificate,
  unused: Unused,
  now: number,
  remove: () => Promise<void>,
): Wanted {
  const { topic, notAfter, environments, fault, set } = one;
  const name = shortened(one.clientAppKey);
  const unopened = notAfter === null ? 'unknown' : 'neither sandbox nor production';
  const fields = {
    Topic: shortened(topic),
    Ends: notAfter === null ? 'unknown' : dayOf(notAfter),
    Serves: environments.length > 0 ? environments.join(' and ') : unopened,
    Set: set === null ? 'before the emulator was started' : `by ${set.by}, ${timeOf(set.at)}`,
    Pushes: unused?.[1] ?? fault ?? 'use this one: it was set last',
  };
  const label = `Delete the certificate of ${name}`;
  return make(
    'div.item',
    make(
      'div.line',
      make('h3', make('code', make('bdi', name))),
      unused === null ? tag(...tagOfValidity(one, now)) : tag('plain', unused[0]),
      make('button.small', { type: 'button', 'aria-label': label, onclick: remove }, 'Delete'),
    ),
    make(
      'dl',
      ...Object.entries(fields).flatMap(([key, text]) => [make('dt', key), make('dd', make('bdi', text))]),
    ),
  );
}

/** Who is in the tenant, and what rings when they sign in. */
export const people: Card = (board) => {
  const { items, total } = board.state.people;
  const isOther = ({ kind, phones }: ConsolePerson): boolean => kind === 'rehearsal' && phones.total === 0;
  const [main, others] = [items.filter((one) => !isOther(one)), items.filter(isOther)];
  // The one primary button.
  const first = main.find(isReachable);
  const summary = `${others.length} more, to rehearse other ways to sign in`;
  return card(
    'people',
    'Users and phones',
    make('a.button', { href: '/phone', target: '_blank', rel: 'noopener' }, 'Open a phone'),
    make('ul.people', ...main.map((one) => person(one, one === first, board))),
    make(
      'details',
      { hidden: others.length === 0 },
      make('summary', summary),
      make('ul.others', ...others.map(({ user }) => make('li', make('bdi', user)))),
    ),
    total === items.length ? null : make('p.lead', `and ${total - items.length} more users`),
    saidIn('people', board),
  );
};

function isReachable({ phones }: ConsolePerson): boolean {
  return phones.items.some((phone) => phone.isReachable);
}

function person(one: ConsolePerson, isFirst: boolean, { act }: Board): Wanted {
  const { user, kind, phones } = one;
  const none = kind === 'program' ? 'a service user, which has no phone' : 'no phone';
  const rest = phones.total > 0 ? `and ${phones.total - phones.items.length} more` : none;
  return make(
    'li',
    make('div.who', make('bdi', user)),
    make(
      'div',
      make('ul.phones', ...phones.items.map(phoneItem)),
      phones.total > 0 && phones.total === phones.items.length ? null : make('span.lead', rest),
    ),
    make(
      'button.small',
      {
        type: 'button',
        class: isFirst ? 'primary' : null,
        hidden: !isReachable(one),
        onclick: () => act('people', '/emulator/challenge', { User: user }, `${user} was challenged.`),
      },
      'Challenge',
      make('span.unseen', ` ${user}`),
    ),
  );
}

function phoneItem({ name, os, osVersion, udid, isReachable, hasCodes }: ConsolePhone): Wanted {
  const system = os === 'ios' ? 'iOS' : 'Android';
  const mark = (): Wanted => {
    if (!isReachable) return tag('warn', 'no device token');
    if (os === 'android') return tag('plain', 'not reachable from here');
    return hasCodes ? tag('ok', 'reachable') : tag('warn', 'reachable, no codes');
  };
  return make(
    'li',
    make('bdi', name),
    make('span.lead', ` ${system} ${osVersion} · ${udid.slice(0, 8)}… `),
    mark(),
  );
}
