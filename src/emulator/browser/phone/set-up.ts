import { make } from '../dom.ts';
import type { Wish } from './memory.ts';

/** The app's first screen: whose phone this becomes, and which app's. */
export function setUpForm(wish: Wish, submit: (wish: Wish) => void): HTMLElement {
  const field = (name: keyof Wish, label: string, more: Readonly<Record<string, string>> = {}) => {
    const attributes = { id: name, name, required: '', autocomplete: 'off', spellcheck: 'false', ...more };
    const input = make('input', { ...attributes, value: wish[name] });
    return { input, nodes: [make('label', { for: name }, label), input] };
  };
  const [user, name, bundleId] = [
    field('user', 'User', { autocapitalize: 'none' }),
    field('name', 'Name of the phone'),
    field('bundleId', 'Bundle ID of the app', {
      autocapitalize: 'none',
      pattern: '[A-Za-z0-9\\-]+(\\.[A-Za-z0-9\\-]+)+',
      title: 'Like com.example.app',
    }),
  ];
  const form = make(
    'form',
    { class: 'app-screen' },
    make('h2', {}, 'Set up this phone'),
    ...user.nodes,
    ...name.nodes,
    ...bundleId.nodes,
    make(
      'div',
      { class: 'actions' },
      make('button', { id: 'sign-in', class: 'primary' }, 'Sign in and enroll'),
    ),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    submit({ user: user.input.value, name: name.input.value, bundleId: bundleId.input.value });
  });
  return form;
}
