import { type Child, fill, make, type Tone, type Wanted } from '../dom.ts';
import { timeOf } from '../shown.ts';
import type { ConsoleState, ConsoleTenant } from './state.ts';

/** What there is to see, and what the buttons do. */
export interface Board {
  readonly tenant: ConsoleTenant;
  readonly state: ConsoleState;
  /** Milliseconds since 1970, the tenant's. */
  readonly now: number;
  readonly onlyRefused: boolean;
  /** What was said last in a card, by its ID. */
  readonly said: ReadonlyMap<string, string>;
  /** Makes a call, and says in that card what came of it. @returns whether it was done */
  act(
    card: string,
    api: string,
    parameters: Readonly<Record<string, unknown>>,
    done: string,
  ): Promise<boolean>;
  showOnlyRefused(isWanted: boolean): void;
}

/** A part of the page under a heading, which also names it. */
export type Card = (board: Board) => Wanted;

/** @param beside what stands at the right of the heading */
export function card(
  id: string,
  heading: string,
  beside: Wanted | null,
  ...children: readonly Child[]
): Wanted {
  const title = make('h2', { id }, heading);
  const head = beside === null ? title : make('div.line', title, beside);
  return make('section.card', { 'aria-labelledby': id }, head, ...children);
}

/** What came of the last button of a card. */
export function saidIn(id: string, { said }: Board): Wanted {
  return make('p.said', { id: `${id}-said`, role: 'status', tabindex: '-1' }, said.get(id) ?? '');
}

/** A list that grows, in a box of its own. */
export function scroll(
  label: Readonly<Record<string, string>>,
  items: readonly Wanted[],
  none: string,
): Wanted {
  return make(
    'div.scroll',
    { ...label, tabindex: '0', role: 'group' },
    items.length > 0 ? null : make('p.none', none),
    make('ol.events', ...items),
  );
}

/** One line of what happened: when, to whom, what came of it, and that as a tag. */
export function happening(at: string, who: string, words: string, mark: readonly [Tone, string]): Wanted {
  // The words are cut where there is no room for them.
  const said = make('bdi.lead', { title: words }, words);
  return make('li', time(at), make('div', make('bdi', who), make('div.small-text', said)), tag(...mark));
}

export function time(at: string): Wanted {
  return make('time', { datetime: at }, timeOf(at));
}

/** A word in a color. */
export function tag(tone: Tone, words: string): Wanted {
  return make(`span.tag.${tone}`, words);
}

/** Asks before something is lost. */
export function createConfirmation() {
  const element = document.createElement('dialog');
  element.setAttribute('aria-labelledby', 'question');
  return {
    element,
    /** Whether to do it. @param action the word of the button that does */
    ask(question: string, consequence: string, action: string): Promise<boolean> {
      const no = make('button', { value: 'no', autofocus: true }, 'Keep it');
      const yes = make('button.danger', { value: 'yes' }, action);
      fill(element, [
        make(
          'form',
          { method: 'dialog' },
          make('h2', { id: 'question' }, question),
          make('p.lead', consequence),
          make('div.actions', no, yes),
        ),
      ]);
      element.returnValue = '';
      element.showModal();
      return new Promise((resolve) =>
        element.addEventListener('close', () => resolve(element.returnValue === 'yes'), { once: true }),
      );
    },
  };
}
