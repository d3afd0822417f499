import { type Child, fill, make, type Tone, type Wanted } from '../dom.ts';
import { timeOf } from '../shown.ts';
import type { ConsoleState, ConsoleTenant } from './state.ts';

/** How the page stands with the emulator. */
export type Standing = 'live' | 'lost' | 'signed-out';

interface Follower {
  changed(changes: Partial<ConsoleState>): void;
  stands(standing: Standing): void;
}

/** Milliseconds between two tries. */
const pause = 1000;

/** Follows the tenant, and begins again whenever it is there again, until the page is left. */
export function follow({ changed, stands }: Follower): void {
  let source: EventSource | null = null;
  let timer = 0;
  const close = (): void => {
    source?.close();
    source = null;
    clearTimeout(timer);
  };
  const open = (): void => {
    close();
    source = new EventSource('/emulator/console/events');
    source.addEventListener('open', () => stands('live'));
    source.addEventListener('message', ({ data }) => changed(JSON.parse(data)));
    // An event source does not tell why it failed, and tries no more where it is refused.
    source.addEventListener('error', () => void look());
  };
  const look = async (): Promise<void> => {
    close();
    const status = await statusOf('/emulator/console/state');
    if (document.hidden) return;
    if (status === 200) return open();
    stands(status === 401 ? 'signed-out' : 'lost');
    timer = setTimeout(() => void look(), pause);
  };
  // A browser has six connections to a host for all its tabs: one that nobody looks at leaves its own to others.
  document.addEventListener('visibilitychange', () => (document.hidden ? close() : open()));
  if (!document.hidden) open();
}

/** Null: nobody answers. */
async function statusOf(path: string): Promise<number | null> {
  try {
    const response = await fetch(path);
    await response.arrayBuffer();
    return response.status;
  } catch {
    return null;
  }
}

/** What the tenant said to a call; null: it was not there, or does not know who asks. */
type CallAnswer = { readonly success: boolean; readonly Message: string | null } | null;

/** Lets the tenant make a call of its API, as the administrator. */
export async function call(api: string, parameters: Readonly<Record<string, unknown>>): Promise<CallAnswer> {
  try {
    const response = await fetch('/emulator/console/call', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ Api: api, Parameters: parameters }),
    });
    return response.status === 200 ? await response.json() : null;
  } catch {
    return null;
  }
}

/** In a sentence. @param done what to say of a success */
export function inWords(answer: CallAnswer, done: string): string {
  if (answer === null) return 'Nothing was done: the emulator did not answer.';
  return answer.success ? done : `The tenant refused: ${answer.Message ?? 'it did not say why.'}`;
}

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
