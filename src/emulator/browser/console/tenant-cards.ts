import { count } from '../../../text/phrasing.ts';
import { button, type Child, fields, make, tag, type VirtualElement } from '../dom.ts';
import type { Mark } from '../mark.ts';
import {
  canPush,
  isUndelivered,
  isWaiting,
  minutesLeft,
  objectionInWords,
  shortened,
  timeOf,
  validityMark,
} from '../shown.ts';
import { type Board, type Card, card, eventList, messageIn } from './board.ts';
import type {
  ConsoleCertificate,
  ConsoleChallenge,
  ConsolePerson,
  ConsolePhone,
  ConsolePush,
} from './state.ts';

/** Current and past sign-ins by phone. */
export const challenges: Card = ({ state, now }) => {
  const lines = eventList(
    state.challenges,
    (challenge) => ({
      at: challenge.openedAt,
      subject: challenge.user,
      words: wordsOf(challenge.pushes),
      mark: markOf(challenge, now),
    }),
    {
      shown: 5,
      noun: 'challenge',
      none: "No challenges yet. A challenge is a sign-in that makes a user's phone ring.",
    },
  );
  return card('challenges', 'Challenges', null, ...lines);
};

function markOf(challenge: ConsoleChallenge, now: number): Mark {
  if (!isWaiting(challenge, now)) return verdictMarks[challenge.verdict];
  if (isUndelivered(challenge)) return { tone: 'bad', words: 'not delivered' };
  return { tone: 'warn', words: `waiting ${minutesLeft(challenge.expiresAt, now)}` };
}

/** A pending challenge that no longer waits has expired. */
const verdictMarks: Readonly<Record<ConsoleChallenge['verdict'], Mark>> = {
  Approved: { tone: 'ok', words: 'approved' },
  Denied: { tone: 'bad', words: 'denied' },
  Expired: { tone: 'plain', words: 'expired' },
  Pending: { tone: 'plain', words: 'expired' },
};

function wordsOf(pushes: readonly ConsolePush[]): string {
  return pushes.length === 0 ? 'on its way' : pushes.map(pushInWords).join(', ');
}

function pushInWords({ phone, status, reason }: ConsolePush): string {
  const name = phone ?? 'a removed phone';
  if (status === 200) return `pushed to ${name}`;
  return `${name}: ${[status, reason].filter((word) => word !== null).join(' ')}`;
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
    messageIn('certificates', board),
  );
};

function certificate(one: ConsoleCertificate, board: Board): VirtualElement {
  const { clientAppKey, isUsed } = one;
  const name = shortened(clientAppKey);
  const mark: Mark = isUsed ? validityMark(one, board.now) : { tone: 'plain', words: 'ignored' };
  return make(
    'div.item',
    { key: clientAppKey },
    make('div.line', make('h3', make('code', make('bdi', name))), tag(mark)),
    fields(certificateFields(one)),
    ...deletion(clientAppKey, name, board),
  );
}

function certificateFields(one: ConsoleCertificate): Readonly<Record<string, Child>> {
  const { topic, notAfter, set, isUsed, against } = one;
  const setBy = set === null ? 'before the emulator started' : `by ${set.by}, ${timeOf(set.at)}`;
  const shown = {
    Topic: make('code', make('bdi', shortened(topic))),
    'Valid until': notAfter === null ? 'unknown' : notAfter.slice(0, 10),
    Environments: environmentsInWords(one),
    Set: make('bdi', setBy),
    'In use': isUsed ? 'yes, set last' : 'no',
  };
  if (against.length === 0) return shown;
  return { ...shown, Against: against.map(objectionInWords).join(' ') };
}

function environmentsInWords({ environments, notAfter }: ConsoleCertificate): string {
  if (environments.length > 0) return environments.join(' and ');
  return notAfter === null ? 'unknown' : 'neither sandbox nor production';
}

function deletion(clientAppKey: string, name: string, { act }: Board): readonly VirtualElement[] {
  const ask = ({ currentTarget }: Event): void => {
    if (currentTarget instanceof Element)
      currentTarget.closest('.item')?.querySelector('dialog')?.showModal();
  };
  const remove = async (): Promise<void> => {
    const isDone = await act('certificates', {
      api: '/Mobile/DeleteApnsCertForClientApp',
      parameters: { ClientAppKey: clientAppKey },
      done: `Deleted the certificate for ${name}.`,
    });
    // The button disappears.
    if (isDone) document.getElementById('certificates-said')?.focus();
  };
  const label = `Delete the certificate for ${name}`;
  return [
    make('div.actions', button('Delete', ask, { class: 'small danger', 'aria-label': label })),
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
  const main = items.filter((one) => !isUnusedRehearsal(one));
  const others = items.filter(isUnusedRehearsal);
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
    messageIn('people', board),
  );
};

function isUnusedRehearsal({ kind, phones }: ConsolePerson): boolean {
  return kind === 'rehearsal' && phones.total === 0;
}

function isReachable({ phones }: ConsolePerson): boolean {
  return phones.items.some((phone) => phone.isReachable);
}

function person(one: ConsolePerson, isFirst: boolean, board: Board): VirtualElement {
  const { user, phones } = one;
  const isPushPossible = canPush(board.state, board.now);
  const challenge = { api: '/emulator/challenge', parameters: { User: user } };
  const done = `Challenged ${user}.`;
  return make(
    'li',
    make('bdi', user),
    make(
      'div',
      make('ul.phones', ...phones.items.map((phone) => phoneItem(phone, isPushPossible))),
      otherPhones(one),
    ),
    button('Challenge', () => board.act('people', { ...challenge, done }), {
      class: isFirst ? 'small primary' : 'small',
      hidden: !isReachable(one),
      'aria-label': `Challenge ${user}`,
    }),
  );
}

/** The number of phones that are not listed; null: all are. */
function otherPhones({ kind, phones }: ConsolePerson): VirtualElement | null {
  const others = phones.total - phones.items.length;
  if (others > 0) return make('span.lead', `and ${count(others, 'more phone')}`);
  if (phones.total > 0) return null;
  return make('span.lead', kind === 'program' ? 'service user' : 'no phone');
}

/**
 * @param isPushPossible whether a push can be sent at all: a phone alone is no good news
 */
function phoneItem(phone: ConsolePhone, isPushPossible: boolean): VirtualElement {
  const { name, os, osVersion, udid } = phone;
  const words = `${os === 'ios' ? 'iOS' : 'Android'} ${osVersion} · ${shortened(udid)}`;
  return make(
    'li',
    make('bdi', name),
    tag(reachMark(phone, isPushPossible)),
    make('bdi.words', { title: words }, words),
  );
}

function reachMark(phone: ConsolePhone, isPushPossible: boolean): Mark {
  if (phone.os === 'android') return { tone: 'plain', words: 'no stand-in for FCM' };
  if (!phone.isReachable) return { tone: 'warn', words: 'no device token' };
  if (!phone.hasCodes) return { tone: 'warn', words: 'enrolled, no codes' };
  return { tone: isPushPossible ? 'ok' : 'plain', words: 'enrolled' };
}
