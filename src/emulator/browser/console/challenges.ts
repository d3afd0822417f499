import { count } from '../../../text/phrasing.ts';
import { fillList, type ItemView, make, setText, type Tone } from '../dom.ts';
import { type Clock, minutesLeft } from '../shown.ts';
import { isUndelivered, isWaiting } from './headline.ts';
import { card, createHappening, type View } from './parts.ts';
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
    : pushes.map(inWords).join(', ');
}

function inWords(push: ConsolePush): string {
  const whom = push.phone ?? 'a phone that is gone';
  return push.status === 200 ? `pushed to ${whom}` : `${whom}: ${reasonOf(push)}`;
}

function reasonOf({ status, reason }: ConsolePush): string {
  return [status, reason].filter((word) => word !== null).join(' ');
}
