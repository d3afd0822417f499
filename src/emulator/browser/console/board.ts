import { count } from '../../../text/phrasing.ts';
import { type Child, make, type Tone, tag, type Wanted } from '../dom.ts';
import { timeOf } from '../shown.ts';
import type { ConsoleState, ConsoleTenant, Latest } from './state.ts';

/** The page's connection to the emulator. */
export type Standing = 'live' | 'lost' | 'signed-out';

/** Milliseconds between two attempts. */
const pause = 1000;

/** Follows the tenant, and reconnects until the page is closed. */
export function follow(
  changed: (state: ConsoleState) => void,
  stands: (standing: Standing) => void,
): void {
  let source: EventSource | null = null;
  let timer = 0;
  const close = (): void => {
    source?.close();
    clearTimeout(timer);
  };
  const open = (): void => {
    close();
    source = new EventSource('/emulator/console/events');
    source.addEventListener('open', () => stands('live'));
    source.addEventListener('message', ({ data }) => changed(JSON.parse(data)));
    // An event source does not report why it failed, and does not retry after a refusal.
    source.addEventListener('error', () => void look());
  };
  const look = async (): Promise<void> => {
    close();
    const status = await fetch('/emulator/console/state').then(
      ({ status }) => status,
      () => null,
    );
    if (document.hidden) return;
    if (status === 200) return open();
    stands(status === 401 ? 'signed-out' : 'lost');
    timer = setTimeout(() => void look(), pause);
  };
  // A browser has six connections to a host for all its tabs: a hidden tab closes its own.
  document.addEventListener('visibilitychange', () => (document.hidden ? close() : open()));
  if (!document.hidden) open();
}

/** Calls an API of the tenant as the console's user. @param done the words for success */
export async function call(
  api: string,
  parameters: Readonly<Record<string, unknown>>,
  done: string,
): Promise<readonly [isDone: boolean, words: string]> {
  const answer: { readonly success: boolean; readonly Message: string | null } | null = await fetch(
    '/emulator/console/call',
    {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ Api: api, Parameters: parameters }),
    },
  ).then(
    (response) => (response.status === 200 ? response.json() : null),
    () => null,
  );
  if (answer === null) return [false, 'The emulator did not answer. Nothing was changed.'];
  return [
    answer.success,
    answer.success ? done : `The tenant refused: ${answer.Message ?? 'it gave no reason.'}`,
  ];
}

/** The content of the page, and the actions of its buttons. */
export interface Board {
  readonly tenant: ConsoleTenant;
  readonly state: ConsoleState;
  /** Milliseconds since 1970, the tenant's. */
  readonly now: number;
  readonly onlyRefused: boolean;
  /** The latest words in a card, by its ID. */
  readonly said: ReadonlyMap<string, string>;
  /** Makes a call, and shows its outcome in that card. @returns whether it succeeded */
  act(
    card: string,
    api: string,
    parameters: Readonly<Record<string, unknown>>,
    done: string,
  ): Promise<boolean>;
  showOnlyRefused(isWanted: boolean): void;
}

/** A part of the page with a heading. */
export type Card = (board: Board) => Wanted;

/** @param beside shown to the right of the heading */
export function card(
  id: string,
  heading: string,
  beside: Wanted | null,
  ...children: readonly Child[]
): Wanted {
  const head = make('div.line', make('h2', { id }, heading), beside);
  return make('section.card', { 'aria-labelledby': id }, head, ...children);
}

/** The outcome of the last button of a card. */
export function saidIn(id: string, { said }: Board): Wanted {
  return make('p.said', { id: `${id}-said`, role: 'status', tabindex: '-1' }, said.get(id) ?? '');
}

/** An entry of a list: time, subject, duration, and the outcome as a tag; below them details, if any. */
interface Happening {
  readonly at: string;
  readonly who: string;
  readonly words: string;
  readonly took?: string;
  readonly mark: readonly [Tone, string];
}

/** Shows the newest `shown` lines, and folds the others. */
export function happenings<Item>(
  { total, items }: Latest<Item>,
  read: (item: Item) => Happening,
  { shown, noun, none }: { readonly shown: number; readonly noun: string; readonly none: string },
): readonly Wanted[] {
  if (items.length === 0) return [make('p.none', none)];
  const lines = items.map((item) => line(read(item)));
  const all = total > items.length ? `, of ${count(total, noun)}` : '';
  return [
    make('ol.events', ...lines.slice(0, shown)),
    make(
      'details',
      { hidden: lines.length <= shown },
      make('summary', `${lines.length - shown} earlier${all}`),
      make('ol.events', ...lines.slice(shown)),
    ),
  ];
}

/** Long names and words are cut. */
function line({ at, who, words, took, mark }: Happening): Wanted {
  return make(
    'li',
    make('time', { datetime: at }, timeOf(at)),
    make('bdi.who', { title: who }, who),
    make('span.outcome', took ?? null, tag(...mark)),
    words === '' ? null : make('bdi.words', { title: words }, words),
  );
}
