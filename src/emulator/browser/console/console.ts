import { spelledOut } from '../../../text/printable.ts';
import { fill, make, readFirstState, tag, type VirtualElement } from '../dom.ts';
import type { Mark } from '../mark.ts';
import { headlineOf } from '../shown.ts';
import type { Board, Card } from './board.ts';
import { type ConnectionState, follow, makeCall } from './connection.ts';
import type { ConsoleState, FirstState } from './state.ts';
import { certificates, challenges, people } from './tenant-cards.ts';
import { assumptions, pushService, requests, signIns } from './traffic-cards.ts';

const columns: readonly (readonly Card[])[] = [
  [people, challenges, signIns],
  [certificates, pushService],
  [requests],
  [assumptions],
];

const { tenant, state: firstState } = readFirstState() as FirstState;
/** The outcome of the last button of a card, by the card's ID. */
const messages = new Map<string, string>();
let state = firstState;
/** From the browser's clock to the tenant's, in milliseconds. */
let clockOffset = 0;
let onlyRefused = false;
let connection: ConnectionState = 'live';

function currentBoard(): Board {
  return {
    tenant,
    state,
    now: performance.now() + clockOffset,
    onlyRefused,
    messages,
    async act(card, call) {
      const { isDone, words } = await makeCall(call);
      messages.set(card, words);
      show();
      return isDone;
    },
    showOnlyRefused(isWanted) {
      onlyRefused = isWanted;
      show();
    },
  };
}

function show(): void {
  const board = currentBoard();
  const headline = headlineOf(state, board.now);
  document.title = `${spelledOut(headline.sentence)} - mfa-cli emulator`;
  document.body.classList.toggle('stale', connection !== 'live');
  const app = document.getElementById('app');
  if (app === null) return;
  const { mark, notice } = connectionWords[connection];
  const { sentence, lead, command } = headline;
  const page = make(
    'main.wide.console',
    make('div.line', make('p.brand', 'Local tenant ', make('code', tenant.host)), tag(mark)),
    make(
      'div.headline',
      { 'aria-live': 'polite', 'aria-atomic': 'true' },
      make('h1', sentence),
      make('p.lead', lead, command === undefined ? null : make('code', command)),
    ),
    noticeElement(notice),
    make(
      'div.columns',
      ...columns.map((cards) => make('div', ...cards.map((card) => card(board)))),
    ),
  );
  fill(app, [page]);
}

function noticeElement(notice: string): VirtualElement {
  const signIn = { href: '/', hidden: connection !== 'signed-out' };
  return make(
    'div.notice',
    { role: 'status', hidden: connection === 'live' },
    make('p', notice),
    make('a.button.primary', signIn, 'Sign in'),
  );
}

interface ConnectionWords {
  readonly mark: Mark;
  readonly notice: string;
}

const connectionWords: Readonly<Record<ConnectionState, ConnectionWords>> = {
  live: { mark: { tone: 'ok', words: 'live' }, notice: '' },
  lost: {
    mark: { tone: 'warn', words: 'not running' },
    notice:
      'The emulator is not running. You see its last known state. The page reconnects by itself.',
  },
  'signed-out': {
    mark: { tone: 'warn', words: 'signed out' },
    notice: 'This session has ended, or the emulator was restarted. Sign in to continue.',
  },
};

function update(next: ConsoleState): void {
  state = next;
  clockOffset = Date.parse(state.now) - performance.now();
  show();
}

update(firstState);
// Time alone changes waiting challenges and the days left.
setInterval(show, 1000);
follow({
  stateChanged(next) {
    // Another emulator at the same address may have another console.
    if (next.run !== firstState.run) location.reload();
    update(next);
  },
  connectionChanged(next) {
    connection = next;
    show();
  },
});
