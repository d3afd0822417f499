import { make, setText } from '../dom.ts';
import { call, inWords } from './call.ts';

/** What time, or an administrator, does to everybody's sign-in. */
export function createSignIns(): HTMLElement {
  const said = make('p', { role: 'status', class: 'said' });
  const button = (words: string, api: string, done: string): HTMLElement => {
    const element = make('button', { type: 'button', class: 'small' }, words);
    element.addEventListener('click', async () => setText(said, inWords(await call(api, {}), done)));
    return element;
  };
  return make(
    'section',
    { class: 'card', 'aria-labelledby': 'sign-ins' },
    make('h2', { id: 'sign-ins' }, 'Sign-ins'),
    make('p', { class: 'lead' }, 'For mfa-cli and all phones. This page stays signed in.'),
    make(
      'div',
      { class: 'actions' },
      button(
        'Expire tokens',
        '/emulator/expire-tokens',
        'Every access token has expired; refresh tokens stay valid.',
      ),
      button('Revoke sessions', '/emulator/revoke-sessions', 'Everybody has to sign in again.'),
    ),
    said,
  );
}
