import { fillList, type ItemView, make, setAttribute, setTag, setText } from '../dom.ts';
import { call, inWords, type View } from './parts.ts';
import type { ConsolePerson, ConsolePhone } from './state.ts';

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
