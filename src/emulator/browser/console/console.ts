import { spelledOut } from '../../../text/printable.ts';
import { fill, make, readFirstState, type Tone, tag } from '../dom.ts';
import { headlineOf } from '../shown.ts';
import { type Board, type Card, call, follow, type Standing } from './board.ts';
import type { FirstState } from './state.ts';
import { certificates, challenges, people } from './tenant-cards.ts';
import { assumptions, pushService, requests, signIns } from './traffic-cards.ts';

const columns: readonly (readonly Card[])[] = [
  [people, challenges, signIns],
  [certificates, pushService],
  [requests],
  [assumptions],
];

const { tenant, state: first } = readFirstState() as FirstState;
/** From the browser's clock to the tenant's, in milliseconds. */
let offset = 0;
const said = new Map<string, string>();
let [state, onlyRefused, standing]: [typeof first, boolean, Standing] = [first, false, 'live'];

const show = (): void => {
  const board: Board = {
    ...{ tenant, state, now: performance.now() + offset, onlyRefused, said },
    async act(card, api, parameters, done) {
      const [isDone, words] = await call(api, parameters, done);
      said.set(card, words);
      show();
      return isDone;
    },
    showOnlyRefused(isWanted) {
      onlyRefused = isWanted;
      show();
    },
  };
  const [sentence, lead, command] = headlineOf(state, board.now);
  const [tone, word, notice] = standings[standing];
  document.title = `${spelledOut(sentence)} - mfa-cli emulator`;
  document.body.classList.toggle('stale', standing !== 'live');
  const app = document.getElementById('app');
  if (app === null) return;
  fill(app, [
    make(
      'main.wide.console',
      make(
        'div.line',
        make('p.brand', 'Local tenant ', make('code', tenant.host)),
        tag(tone, word),
      ),
      make(
        'div.headline',
        { 'aria-live': 'polite', 'aria-atomic': 'true' },
        make('h1', sentence),
        make('p.lead', lead, command === undefined ? null : make('code', command)),
      ),
      make(
        'div.notice',
        { role: 'status', hidden: standing === 'live' },
        make('p', notice),
        make('a.button.primary', { href: '/', hidden: standing !== 'signed-out' }, 'Sign in'),
      ),
      make(
        'div.columns',
        ...columns.map((cards) => make('div', ...cards.map((card) => card(board)))),
      ),
    ),
  ]);
};

const standings: Readonly<Record<Standing, readonly [Tone, word: string, notice: string]>> = {
  live: ['ok', 'live', ''],
  lost: [
    ...(['warn', 'not running'] as const),
    'The emulator is not running. You see its last known state. The page reconnects by itself.',
  ],
  'signed-out': [
    ...(['warn', 'signed out'] as const),
    'This session has ended, or the emulator was restarted. Sign in to continue.',
  ],
};

const take = (next: typeof first): void => {
  state = next;
  offset = Date.parse(state.now) - performance.now();
  show();
};
take(first);
// Time alone changes waiting challenges and the days left.
setInterval(show, 1000);
follow(
  (next) => {
    // Another emulator at the same address may have another console.
    if (next.run !== first.run) location.reload();
    take(next);
  },
  (next) => {
    standing = next;
    show();
  },
);
