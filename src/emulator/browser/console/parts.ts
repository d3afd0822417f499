import { type ItemView, make, setAttribute, setTag, setText, type Tone } from '../dom.ts';
import { timeOf } from '../shown.ts';
import type { ConsoleState } from './state.ts';

/** A part of the page: made once, and filled whenever something has changed. */
export type View = ItemView<ConsoleState>;

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

/** A question before something is lost. */
interface Confirmation {
  readonly element: HTMLElement;
  /** Whether to do it. @param action the word of the button that does */
  ask(question: string, consequence: string, action: string): Promise<boolean>;
}

export function createConfirmation(): Confirmation {
  const question = make('h2', { id: 'question' });
  const consequence = make('p', { class: 'lead' });
  const yes = make('button', { value: 'yes', class: 'danger' });
  const no = make('button', { value: 'no', autofocus: '' }, 'Keep it');
  const element = make(
    'dialog',
    { 'aria-labelledby': 'question' },
    make('form', { method: 'dialog' }, question, consequence, make('div', { class: 'actions' }, no, yes)),
  );
  return {
    element,
    ask(words, result, action) {
      setText(question, words);
      setText(consequence, result);
      setText(yes, action);
      element.returnValue = '';
      element.showModal();
      return new Promise((resolve) =>
        element.addEventListener('close', () => resolve(element.returnValue === 'yes'), { once: true }),
      );
    },
  };
}

/** A part of the page under a heading, which also names it. */
export function card(
  id: string,
  heading: string,
  ...children: readonly (HTMLElement | string | null)[]
): HTMLElement {
  return make('section', { class: 'card', 'aria-labelledby': id }, make('h2', { id }, heading), ...children);
}

/** One line of what happened: when, to whom, what came of it, and that as a tag. */
interface Happening {
  readonly at: string;
  readonly who: string;
  readonly words: string;
  readonly tag: readonly [tone: Tone, text: string];
}

export function createHappening<Item>(read: (item: Item) => Happening): ItemView<Item> {
  const time = make('time');
  const whom = make('bdi');
  const said = make('bdi', { class: 'lead' });
  const mark = make('span');
  return {
    element: make('li', {}, time, make('div', {}, whom, make('div', { class: 'small-text' }, said)), mark),
    update(item) {
      const { at, who, words, tag } = read(item);
      setAttribute(time, 'datetime', at);
      setText(time, timeOf(at));
      setText(whom, who);
      setText(said, words);
      // It is cut where there is no room for it.
      setAttribute(said, 'title', words);
      setTag(mark, ...tag);
    },
  };
}
