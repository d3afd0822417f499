import { make } from '../dom.ts';
import { visible } from '../visible.ts';
import { captionOf } from './caption.ts';
import { createClock, isOpen, notificationCard } from './lock-screen.ts';
import type { Wish } from './memory.ts';
import type { Phone, PhoneState } from './phone.ts';
import { setUpForm } from './set-up.ts';
import { wordsOf } from './words.ts';

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
