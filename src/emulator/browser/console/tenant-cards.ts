import { count } from '../../../text/phrasing.ts';
import { button, fields, make, type Tone, tag, type Wanted } from '../dom.ts';
import {
  canPush,
  isUndelivered,
  isWaiting,
  minutesLeft,
  objectionInWords,
  shortened,
  tagOfValidity,
  timeOf,
} from '../shown.ts';
import { type Board, type Card, card, happenings, saidIn } from './board.ts';
import type {
  ConsoleCertificate,
  ConsoleChallenge,
  ConsolePerson,
  ConsolePhone,
  ConsolePush,
} from './state.ts';

/** Current and past sign-ins by phone. */
export const challenges: Card = ({ state, now }) =>
  card(
    'challenges',
    'Challenges',
    null,
    ...happenings(
      state.challenges,
      (one) => ({
        at: one.openedAt,
        who: one.user,
        words: wordsOf(one.pushes),
        mark: markOf(one, now),
      }),
      {
        ...{ shown: 5, noun: 'challenge' },
        none: "No challenges yet. A challenge is a sign-in that makes a user's phone ring.",
      },
    ),
  );

function markOf(challenge: ConsoleChallenge, now: number): readonly [Tone, string] {
  if (isWaiting(challenge, now))
    return isUndelivered(challenge)
      ? ['bad', 'not delivered']
      : ['warn', `waiting ${minutesLeft(challenge.expiresAt, now)}`];
  if (challenge.verdict === 'Approved') return ['ok', 'approved'];
  return challenge.verdict === 'Denied' ? ['bad', 'denied'] : ['plain', 'expired'];
}

function wordsOf(pushes: readonly ConsolePush[]): string {
  return pushes.length === 0 ? 'on its way' : pushes.map(pushInWords).join(', ');
}

function pushInWords({ phone, status, reason }: ConsolePush): string {
  const whom = phone ?? 'a removed phone';
  if (status === 200) return `pushed to ${whom}`;
  return `${whom}: ${[status, reason].filter((word) => word !== null).join(' ')}`;
}

/** The certificate of each client app key. */
export const certificates: Card = (board) => {
  const all = board.state.certificates;
  return card(
    'certificates',
    'Push certificate',
    null,
    ...all.map((one) => certificate(one, board)),
    all.length > 0 ? null : make('p.none', 'None.'),
    saidIn('certificates', board),
  );
};

function certificate(one: ConsoleCertificate, board: Board): Wanted {
  const { clientAppKey, topic, notAfter, environments, against, set, isUsed } = one;
  const name = shortened(clientAppKey);
  const unopened = notAfter === null ? 'unknown' : 'neither sandbox nor production';
  return make(
    'div.item',
    { key: clientAppKey },
    make(
      'div.line',
      make('h3', make('code', make('bdi', name))),
      isUsed ? tag(...tagOfValidity(one, board.now)) : tag('plain', 'ignored'),
    ),
    fields({
      Topic: make('code', make('bdi', shortened(topic))),
      'Valid until': notAfter === null ? 'unknown' : notAfter.slice(0, 10),
      Environments: environments.length > 0 ? environments.join(' and ') : unopened,
      Set: make(
        'bdi',
        set === null ? 'before the emulator started' : `by ${set.by}, ${timeOf(set.at)}`,
      ),
      'In use': isUsed ? 'yes, set last' : 'no',
      ...(against.length === 0 ? {} : { Against: against.map(objectionInWords).join(' ') }),
    }),
    ...deletion(clientAppKey, name, board),
  );
}

function deletion(ClientAppKey: string, name: string, { act }: Board): readonly Wanted[] {
  const ask = ({ currentTarget }: Event): void => {
    if (currentTarget instanceof Element)
      currentTarget.closest('.item')?.querySelector('dialog')?.showModal();
  };
  const remove = async (): Promise<void> => {
    const done = `Deleted the certificate for ${name}.`;
    // The button disappears.
    if (await act('certificates', '/Mobile/DeleteApnsCertForClientApp', { ClientAppKey }, done))
      document.getElementById('certificates-said')?.focus();
  };
  const label = `Delete the certificate for ${name}`;
  return [
    make('div.actions', button('Delete', ask, { class: 'small', 'aria-label': label })),
    make(
      'dialog',
      { 'aria-label': `${label}?` },
      make(
        'form',
        { method: 'dialog' },
        make('h2', `${label}?`),
        make('p.lead', 'Pushes cannot use it until it is set again.'),
        make(
          'div.actions',
          make('button', 'Keep it'),
          make('button.danger', { onclick: remove }, 'Delete'),
        ),
      ),
    ),
  ];
}

/** The users of the tenant and their phones. */
export const people: Card = (board) => {
  const { items, total } = board.state.people;
  const isOther = ({ kind, phones }: ConsolePerson): boolean =>
    kind === 'rehearsal' && phones.total === 0;
  const [main, others] = [items.filter((one) => !isOther(one)), items.filter(isOther)];
  // The only primary button.
  const first = main.find(isReachable);
  return card(
    'people',
    'Users and phones',
    make('a.button', { href: '/phone', target: '_blank', rel: 'noopener' }, 'Open a phone'),
    make('ul.people', ...main.map((one) => person(one, one === first, board))),
    make(
      'details',
      { hidden: others.length === 0 },
      make('summary', `${count(others.length, 'more user')} for other ways to sign in`),
      make('ul.others', ...others.map(({ user }) => make('li', make('bdi', user)))),
    ),
    total === items.length
      ? null
      : make('p.lead', `and ${count(total - items.length, 'more user')}`),
    saidIn('people', board),
  );
};

function isReachable({ phones }: ConsolePerson): boolean {
  return phones.items.some((phone) => phone.isReachable);
}

function person(one: ConsolePerson, isFirst: boolean, { act, state, now }: Board): Wanted {
  const { user, kind, phones } = one;
  const pushes = canPush(state, now);
  const left = phones.total - phones.items.length;
  const none = kind === 'program' ? 'service user' : 'no phone';
  return make(
    'li',
    make('bdi', user),
    make(
      'div',
      make('ul.phones', ...phones.items.map((phone) => phoneItem(phone, pushes))),
      left === 0 && phones.total > 0
        ? null
        : make('span.lead', left > 0 ? `and ${count(left, 'more phone')}` : none),
    ),
    button(
      'Challenge',
      () => act('people', '/emulator/challenge', { User: user }, `Challenged ${user}.`),
      {
        ...{ class: isFirst ? 'small primary' : 'small', hidden: !isReachable(one) },
        'aria-label': `Challenge ${user}`,
      },
    ),
  );
}

/** @param pushes whether a push can be sent at all: a phone alone is no good news */
function phoneItem(phone: ConsolePhone, pushes: boolean): Wanted {
  const { name, os, osVersion, udid } = phone;
  const words = `${os === 'ios' ? 'iOS' : 'Android'} ${osVersion} · ${shortened(udid)}`;
  return make(
    'li',
    make('bdi', name),
    reachOf(phone, pushes),
    make('bdi.words', { title: words }, words),
  );
}

function reachOf({ os, isReachable, hasCodes }: ConsolePhone, pushes: boolean): Wanted {
  if (os === 'android') return tag('plain', 'no stand-in for FCM');
  if (!isReachable) return tag('warn', 'no device token');
  return hasCodes ? tag(pushes ? 'ok' : 'plain', 'reachable') : tag('warn', 'reachable, no codes');
}
