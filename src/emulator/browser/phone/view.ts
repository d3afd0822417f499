import { fill, make, type Wanted } from '../dom.ts';
import { visible } from '../shown.ts';
import { createClock, isOpen, notificationCard, timeOf } from './lock-screen.ts';
import type { Enrollment, Remembered, Wish } from './memory.ts';
import type { Phone, PhoneState } from './phone.ts';

/** What a person sees of the phone; it fills the page. @param now milliseconds since 1970 */
export function createView(phone: Phone, usual: Wish, now: () => number): { show(state: PhoneState): void } {
  const clock = createClock(now);
  let [known, ring] = [0, ''];

  const show = (state: PhoneState): void => {
    const app = document.getElementById('app');
    if (app === null) return;
    const { notifications } = state;
    const hadFocus = document.activeElement !== document.body && document.activeElement !== null;
    const { heading, lead } = wordsOf(state);
    const [newest] = notifications;
    if (newest !== undefined && newest.id > known && newest.state === 'waiting')
      ring = `${visible(newest.app)}: ${visible(newest.message)}`;
    fill(app, [
      make(
        'main.wide.phone-page',
        make(
          'div.words',
          { 'aria-live': 'polite' },
          make('h1', { tabindex: '-1' }, heading),
          make('p.lead', lead),
        ),
        make('section.phone', { 'aria-label': 'Phone' }, make('div.screen', ...screenOf(state))),
        make('div.caption', ...captionOf(state, phone)),
        make('p.unseen', { role: 'alert' }, ring),
      ),
    ]);
    known = newest?.id ?? 0;
    const waiting = notifications.filter(({ state }) => state === 'waiting').length;
    document.title = `${waiting === 0 ? '' : `(${waiting}) `}${heading} - mfa-cli emulator`;
    // Where what had the focus is gone, the words tell why.
    if (hadFocus && document.activeElement === document.body) app.querySelector('h1')?.focus();
  };

  const screenOf = ({ stage, wish, notifications }: PhoneState): readonly (Wanted | HTMLElement)[] => {
    const chosen = wish ?? usual;
    if (stage === 'new') return [setUpForm(chosen, (next) => phone.signIn(next))];
    if (stage === 'signed-out') return [clock, offer('Sign in again', () => phone.signIn(chosen))];
    if (stage === 'unenrolled') return [clock, offer('Enroll again', () => phone.enroll())];
    if (stage === 'busy') return [clock];
    const first = notifications.find(isOpen);
    const cards = notifications.map((one) =>
      notificationCard(one, phone, { isNew: one.id > known, isFirst: one === first }),
    );
    return [clock, make('ul.notifications', { 'aria-label': 'Notifications' }, ...cards)];
  };

  return { show };
}

/** The one thing to do next. */
function offer(label: string, press: () => unknown): Wanted {
  return make('div.offer', make('button.primary', { type: 'button', key: label, onclick: press }, label));
}

/** What is below the phone: who it is, what silence can mean, and what happened. */
function captionOf(
  { stage, enrollment, wish, happenings }: PhoneState,
  phone: Pick<Phone, 'remove'>,
): readonly (Wanted | null)[] {
  return [
    ...(enrollment === null || wish === null || stage === 'new' ? [] : identity(enrollment, wish, phone)),
    stage === 'listening' ? ofSilence() : null,
    ...(happenings.length === 0 ? [] : log(happenings)),
  ];
}

function identity(
  { user, udid }: Enrollment,
  { name, bundleId }: Wish,
  phone: Pick<Phone, 'remove'>,
): readonly Wanted[] {
  const rows = { User: user, Phone: name, UDID: make('code', udid), 'Bundle ID': make('code', bundleId) };
  const remove = make('button', { type: 'button', onclick: () => phone.remove() }, 'Remove this phone');
  return [
    make('dl', ...Object.entries(rows).flatMap(([label, value]) => [make('dt', label), make('dd', value)])),
    make('div.actions', remove),
  ];
}

function ofSilence(): Wanted {
  return make(
    'p.note',
    'A phone is not told why no push comes: there may be no certificate, an expired one, or one for another app. ',
    make('a', { href: '/', target: '_blank', rel: 'noopener' }, 'The console'),
    ' shows what the push service answered.',
  );
}

/** How many happenings are shown. */
const shown = 8;

/** The newest first. */
function log(happenings: Remembered['happenings']): readonly Wanted[] {
  const items = happenings
    .slice(-shown)
    .reverse()
    .map(({ at, text }) => make('li', timeOf(at), make('span', text)));
  // Nothing in it moves: with something new it is another list.
  const key = `${happenings.length} ${happenings.at(-1)?.text}`;
  return [make('h2', 'What happened'), make('ol.happenings', { key }, ...items)];
}

/** The app's first screen: whose phone this becomes, and which app's. */
function setUpForm(wish: Wish, submit: (wish: Wish) => void): Wanted {
  const field = (name: keyof Wish, label: string, more: Readonly<Record<string, string>> = {}) => [
    make('label', { for: name }, label),
    make('input', {
      ...{ id: name, name, required: true, autocomplete: 'off', spellcheck: 'false', value: wish[name] },
      ...more,
    }),
  ];
  const bundleId = { pattern: '[A-Za-z0-9\\-]+(\\.[A-Za-z0-9\\-]+)+', title: 'Like com.example.app' };
  const read = (event: Event): void => {
    event.preventDefault();
    if (!(event.target instanceof HTMLFormElement)) return;
    const form = new FormData(event.target);
    const given = (name: keyof Wish): string => String(form.get(name));
    submit({ user: given('user'), name: given('name'), bundleId: given('bundleId') });
  };
  return make(
    'form.app-screen',
    { onsubmit: read },
    make('h2', 'Set up this phone'),
    ...field('user', 'User', { autocapitalize: 'none' }),
    ...field('name', 'Name of the phone'),
    ...field('bundleId', 'Bundle ID of the app', { autocapitalize: 'none', ...bundleId }),
    make('div.actions', make('button.primary', 'Sign in and enroll')),
  );
}

/** What stands above the phone: the answer, and what follows from it. */
interface Words {
  readonly heading: string;
  readonly lead: string;
}

function wordsOf(state: PhoneState): Words {
  const { stage, failure, isLost, wish, enrollment } = state;
  if (isLost) return { heading: 'The tenant does not answer', lead: 'The phone keeps trying.' };
  if (stage === 'listening')
    return (
      newest(state) ?? { heading: 'Waiting for a push', lead: `${enrollment?.user}, for ${wish?.bundleId}` }
    );
  const [heading, lead] = stages[stage];
  return { heading, lead: stage === 'busy' ? lead : (failure ?? lead) };
}

const stages = {
  new: [
    'This phone has no user yet',
    'Sign in as a user, and it enrolls as the vendor’s app does. Each tab is a phone of its own.',
  ],
  busy: ['The phone is talking to the tenant', 'One moment.'],
  'signed-out': ['The tenant ended the session', 'Sign in again: the phone stays the same.'],
  unenrolled: ['The tenant does not know this phone', 'Enroll it again.'],
} as const;

/** What became of the newest push; null: there is none. */
function newest({ notifications: [push], failure }: PhoneState): Words | null {
  if (push === undefined) return failure === null ? null : { heading: 'Waiting for a push', lead: failure };
  if (push.refusal !== null) return { heading: 'The tenant did not accept the answer', lead: push.refusal };
  const [heading, lead] = becoming[push.state];
  return { heading, lead };
}

const becoming = {
  waiting: ['A push came', 'Somebody is signing in: approve or deny it.'],
  sending: ['Sending the answer', 'With a one-time password from this phone.'],
  approved: ['Approved', 'The tenant accepted the answer: the sign-in goes ahead.'],
  denied: ['Denied', 'The tenant accepted the answer: the sign-in is stopped.'],
} as const;
