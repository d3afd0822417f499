import { make } from '../dom.ts';
import { visible } from '../shown.ts';
import { createClock, isOpen, notificationCard, timeOf } from './lock-screen.ts';
import type { Enrollment, Remembered, Wish } from './memory.ts';
import type { Phone, PhoneState } from './phone.ts';

/** What a person sees of the phone; it fills the page. @param now milliseconds since 1970 */
export function createView(phone: Phone, usual: Wish, now: () => number): { show(state: PhoneState): void } {
  const heading = make('h1', { tabindex: '-1' });
  const lead = make('p', { class: 'lead' });
  const screen = make('div', { class: 'screen' });
  const caption = make('div', { class: 'caption' });
  const ring = make('p', { role: 'alert', class: 'unseen' });
  const clock = createClock(now);
  document
    .getElementById('app')
    ?.append(
      make(
        'main',
        { class: 'wide phone-page' },
        make('div', { class: 'words', 'aria-live': 'polite' }, heading, lead),
        make('section', { class: 'phone', 'aria-label': 'Phone' }, screen),
        caption,
        ring,
      ),
    );
  let known = 0;

  const show = (state: PhoneState): void => {
    const { notifications } = state;
    const focused = document.activeElement?.id ?? '';
    const hadFocus = document.activeElement !== document.body && document.activeElement !== null;
    const words = wordsOf(state);
    if (heading.textContent !== words.heading) heading.textContent = words.heading;
    if (lead.textContent !== words.lead) lead.textContent = words.lead;
    screen.replaceChildren(...screenOf(state));
    caption.replaceChildren(...captionOf(state, phone));
    const newest = notifications[0];
    if (newest !== undefined && newest.id > known && newest.state === 'waiting')
      ring.textContent = `${visible(newest.app)}: ${visible(newest.message)}`;
    known = newest?.id ?? 0;
    const waiting = notifications.filter(({ state }) => state === 'waiting').length;
    document.title = `${waiting === 0 ? '' : `(${waiting}) `}${words.heading} - mfa-cli emulator`;
    // What had the focus has it again; where it is gone, the words tell why.
    if (hadFocus) (document.getElementById(focused) ?? heading).focus();
  };

  const screenOf = (state: PhoneState): readonly HTMLElement[] => {
    const { stage, wish, notifications } = state;
    const first = notifications.find(isOpen);
    const chosen = wish ?? usual;
    switch (stage) {
      case 'new':
        return [setUpForm(chosen, (next) => phone.signIn(next))];
      case 'busy':
        return [clock];
      case 'signed-out':
        return [clock, offer('Sign in again', () => phone.signIn(chosen))];
      case 'unenrolled':
        return [clock, offer('Enroll again', () => phone.enroll())];
      case 'listening':
        return [
          clock,
          make(
            'ul',
            { class: 'notifications', 'aria-label': 'Notifications' },
            ...notifications.map((one) =>
              notificationCard(one, phone, { isNew: one.id > known, isFirst: one === first }),
            ),
          ),
        ];
    }
  };

  return { show };
}

/** The one thing to do next. */
function offer(label: string, press: () => unknown): HTMLElement {
  const button = make('button', { id: 'offer', type: 'button', class: 'primary' }, label);
  button.addEventListener('click', () => void press());
  return make('div', { class: 'offer' }, button);
}

/** What is below the phone: who it is, what silence can mean, and what happened. */
function captionOf(
  { stage, enrollment, wish, happenings }: PhoneState,
  phone: Pick<Phone, 'remove'>,
): readonly HTMLElement[] {
  return [
    ...(enrollment === null || wish === null || stage === 'new' ? [] : identity(enrollment, wish, phone)),
    ...(stage === 'listening' ? [ofSilence()] : []),
    ...(happenings.length === 0 ? [] : log(happenings)),
  ];
}

function identity(
  { user, udid }: Enrollment,
  { name, bundleId }: Wish,
  phone: Pick<Phone, 'remove'>,
): readonly HTMLElement[] {
  const remove = make('button', { id: 'remove', type: 'button' }, 'Remove this phone');
  remove.addEventListener('click', () => void phone.remove());
  const row = (label: string, value: string | HTMLElement): readonly HTMLElement[] => [
    make('dt', {}, label),
    make('dd', {}, value),
  ];
  return [
    make(
      'dl',
      {},
      ...row('User', visible(user)),
      ...row('Phone', visible(name)),
      ...row('UDID', make('code', {}, udid)),
      ...row('Bundle ID', make('code', {}, visible(bundleId))),
    ),
    make('div', { class: 'actions' }, remove),
  ];
}

function ofSilence(): HTMLElement {
  return make(
    'p',
    { class: 'note' },
    'A phone is not told why no push comes: there may be no certificate, an expired one, or one for another app. ',
    make('a', { href: '/', target: '_blank', rel: 'noopener' }, 'The console'),
    ' shows what the push service answered.',
  );
}

/** How many happenings are shown. */
const shown = 8;

/** The newest first. */
function log(happenings: Remembered['happenings']): readonly HTMLElement[] {
  const items = happenings
    .slice(-shown)
    .reverse()
    .map(({ at, text }) => make('li', {}, timeOf(at), make('span', {}, visible(text))));
  return [make('h2', {}, 'What happened'), make('ol', { class: 'happenings' }, ...items)];
}

/** The app's first screen: whose phone this becomes, and which app's. */
function setUpForm(wish: Wish, submit: (wish: Wish) => void): HTMLElement {
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

/** What stands above the phone: the answer, and what follows from it. */
interface Words {
  readonly heading: string;
  readonly lead: string;
}

function wordsOf(state: PhoneState): Words {
  const { stage, failure, isLost, wish, enrollment } = state;
  if (isLost) return { heading: 'The tenant does not answer', lead: 'The phone keeps trying.' };
  switch (stage) {
    case 'new':
      return {
        heading: 'This phone has no user yet',
        lead: visible(
          failure ??
            'Sign in as a user, and it enrolls as the vendor’s app does. Each tab is a phone of its own.',
        ),
      };
    case 'busy':
      return { heading: 'The phone is talking to the tenant', lead: 'One moment.' };
    case 'signed-out':
      return {
        heading: 'The tenant ended the session',
        lead: visible(failure ?? 'Sign in again: the phone stays the same.'),
      };
    case 'unenrolled':
      return {
        heading: 'The tenant does not know this phone',
        lead: visible(failure ?? 'Enroll it again.'),
      };
    case 'listening':
      return (
        newest(state) ?? {
          heading: 'Waiting for a push',
          lead: visible(`${enrollment?.user ?? ''}, for ${wish?.bundleId ?? ''}`),
        }
      );
  }
}

/** What became of the newest push; null: there is none. */
function newest({ notifications: [push], failure }: PhoneState): Words | null {
  if (push === undefined)
    return failure === null ? null : { heading: 'Waiting for a push', lead: visible(failure) };
  if (push.refusal !== null)
    return { heading: 'The tenant did not accept the answer', lead: visible(push.refusal) };
  switch (push.state) {
    case 'waiting':
      return { heading: 'A push came', lead: 'Somebody is signing in: approve or deny it.' };
    case 'sending':
      return { heading: 'Sending the answer', lead: 'With a one-time password from this phone.' };
    case 'approved':
      return { heading: 'Approved', lead: 'The tenant accepted the answer: the sign-in goes ahead.' };
    case 'denied':
      return { heading: 'Denied', lead: 'The tenant accepted the answer: the sign-in is stopped.' };
  }
}
