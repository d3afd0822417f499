import { type ItemView, make, setText } from '../dom.ts';
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
