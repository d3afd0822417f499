import { fill, make, type Wanted } from '../dom.ts';
import { visible } from '../shown.ts';
import type { Enrollment, Notification, Remembered, Wish } from './memory.ts';
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

const shown = 8;

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
type Words = Readonly<Record<'heading' | 'lead', string>>;

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

/** The clock of the lock screen, which goes on by itself. @param now milliseconds since 1970 */
function createClock(now: () => number): HTMLElement {
  const clock = document.createElement('div');
  clock.className = 'clock';
  const show = (): void => {
    const moment = new Date(now());
    const date = moment.toLocaleDateString('en', { weekday: 'long', month: 'long', day: 'numeric' });
    fill(clock, [make('p.date', date), make('p.time', hourOf(moment))]);
    setTimeout(show, 60_000 - (moment.getTime() % 60_000));
  };
  show();
  return clock;
}

const hourOf = (moment: Date): string =>
  moment.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

function timeOf(at: number): Wanted {
  const moment = new Date(at);
  return make('time', { datetime: moment.toISOString() }, hourOf(moment));
}

const outcomes = { approved: ['ok', '✓ Approved'], denied: ['bad', '✕ Denied'] } as const;

/** Whether it has Approve and Deny. */
function isOpen({ state, hasActions, challenge }: Notification): boolean {
  return (state === 'waiting' || state === 'sending') && hasActions && challenge !== null;
}

/** A push as iOS shows it on the lock screen: whether it comes right now, and whether the one primary button is its. */
function notificationCard(
  notification: Notification,
  phone: Pick<Phone, 'answer' | 'clear'>,
  { isNew, isFirst }: { readonly isNew: boolean; readonly isFirst: boolean },
): Wanted {
  const { id, app, title, message, at, state, refusal } = notification;
  const isOff = state === 'sending';
  const button = (label: string, press: () => unknown, isPrimary = false): Wanted =>
    make(
      'button',
      {
        type: 'button',
        class: isPrimary ? 'primary' : null,
        'aria-disabled': isOff ? 'true' : null,
        onclick: isOff ? null : press,
      },
      label,
    );
  const clear = (): Wanted => button('Clear', () => phone.clear(id));
  const foot = (): readonly (Wanted | null)[] => {
    if (state === 'approved' || state === 'denied') {
      const [mood, words] = outcomes[state];
      return [make(`p.tag.${mood}`, words)];
    }
    if (!isOpen(notification))
      return [
        make('p.small', 'This is not an MFA push: iOS offers no actions for it.'),
        make('div.actions', clear()),
      ];
    return [
      refusal === null ? null : make('p.refusal', refusal),
      make(
        'div.actions',
        button('Approve', () => phone.answer(id, true), isFirst),
        button('Deny', () => phone.answer(id, false)),
        refusal === null ? null : clear(),
      ),
    ];
  };
  return make(
    'li.notification',
    { key: String(id), class: isNew ? 'coming' : null },
    make('p.app', make('span', app), timeOf(at)),
    title === null ? null : make('p.title', title),
    make('p.message', message),
    ...foot(),
  );
}
