import { count } from '../../../text/count.ts';
import { fillList, type ItemView, make, setAttribute, setTag, setText } from '../dom.ts';
import { type Clock, minutesLeft, timeOf } from '../shown.ts';
import { isUndelivered, isWaiting } from './headline.ts';
import type { View } from './parts.ts';
import type { ConsoleChallenge, ConsolePush } from './state.ts';

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
    element: make(
      'section',
      { class: 'card', 'aria-labelledby': 'challenges' },
      make('h2', { id: 'challenges' }, 'Challenges'),
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
  const time = make('time');
  const user = make('bdi');
  const pushed = make('bdi', { class: 'lead' });
  const tag = make('span');
  return {
    element: make('li', {}, time, make('div', {}, user, make('div', { class: 'small-text' }, pushed)), tag),
    update(challenge) {
      const { openedAt, expiresAt, verdict, pushes } = challenge;
      setAttribute(time, 'datetime', openedAt);
      setText(time, timeOf(openedAt));
      setText(user, challenge.user);
      const words = pushes.length === 0 ? 'on its way' : wordsOf(pushes);
      setText(pushed, words);
      setAttribute(pushed, 'title', words);
      const now = clock.now();
      if (isWaiting(challenge, now) && isUndelivered(challenge)) setTag(tag, 'bad', 'not delivered');
      else if (isWaiting(challenge, now)) setTag(tag, 'warn', `waiting ${minutesLeft(expiresAt, now)}`);
      else if (verdict === 'Approved') setTag(tag, 'ok', 'approved');
      else setTag(tag, verdict === 'Denied' ? 'bad' : 'plain', verdict === 'Denied' ? 'denied' : 'expired');
    },
  };
}

/** The name of the only phone is left out where there is a reason to read. */
function wordsOf(pushes: readonly ConsolePush[]): string {
  const [only] = pushes;
  return pushes.length === 1 && only !== undefined && only.status !== 200
    ? reasonOf(only)
    : pushes.map(inWords).join(', ');
}

function inWords(push: ConsolePush): string {
  const whom = push.phone ?? 'a phone that is gone';
  return push.status === 200 ? `pushed to ${whom}` : `${whom}: ${reasonOf(push)}`;
}

function reasonOf({ status, reason }: ConsolePush): string {
  return [status, reason].filter((word) => word !== null).join(' ');
}
