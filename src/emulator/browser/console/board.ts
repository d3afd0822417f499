import { count } from '../../../text/phrasing.ts';
import { type Child, make, tag, type VirtualElement } from '../dom.ts';
import type { Mark } from '../mark.ts';
import { timeOf } from '../shown.ts';
import type { ConsoleState, ConsoleTenant, Latest } from './state.ts';

/** The content of the page, and the actions of its buttons. */
export interface Board {
  readonly tenant: ConsoleTenant;
  readonly state: ConsoleState;
  /** Milliseconds since 1970, the tenant's. */
  readonly now: number;
  readonly onlyRefused: boolean;
  /** The outcome of the last button of a card, by the card's ID. */
  readonly messages: ReadonlyMap<string, string>;
  /** Makes a call, and shows its outcome in that card. @returns whether it succeeded */
  act(card: string, call: ApiCall): Promise<boolean>;
  showOnlyRefused(isWanted: boolean): void;
}

/** A call of an API of the tenant, as the console's user. */
export interface ApiCall {
  readonly api: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** The words for success. */
  readonly done: string;
}

/** A part of the page with a heading. */
export type Card = (board: Board) => VirtualElement;

/** @param beside shown to the right of the heading */
export function card(
  id: string,
  heading: string,
  beside: VirtualElement | null,
  ...children: readonly Child[]
): VirtualElement {
  const head = make('div.line', make('h2', { id }, heading), beside);
  return make('section.card', { 'aria-labelledby': id }, head, ...children);
}

/** The outcome of the last button of a card. */
export function messageIn(id: string, { messages }: Board): VirtualElement {
  const attributes = { id: `${id}-said`, role: 'status', tabindex: '-1' };
  return make('p.said', attributes, messages.get(id) ?? '');
}

/**
 * An entry of a list: time, subject, duration and outcome; below them details, if any.
 */
export interface EventLine {
  readonly at: string;
  readonly subject: string;
  readonly words: string;
  readonly duration?: string;
  readonly mark: Mark;
}

interface EventWords {
  /** The number of lines that are not folded. */
  readonly shown: number;
  readonly noun: string;
  /** The words if there are no events. */
  readonly none: string;
}

/** Shows the newest lines, and folds the others. */
export function eventList<Item>(
  { total, items }: Latest<Item>,
  read: (item: Item) => EventLine,
  { shown, noun, none }: EventWords,
): readonly VirtualElement[] {
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
function line({ at, subject, words, duration, mark }: EventLine): VirtualElement {
  return make(
    'li',
    make('time', { datetime: at }, timeOf(at)),
    make('bdi.who', { title: subject }, subject),
    make('span.outcome', duration ?? null, tag(mark)),
    words === '' ? null : make('bdi.words', { title: words }, words),
  );
}
