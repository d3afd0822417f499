import { make, setText } from '../dom.ts';

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
