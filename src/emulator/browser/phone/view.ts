import { spelledOut } from '../../../text/printable.ts';
import { button, type Child, fields, fill, make, tag, type Wanted } from '../dom.ts';
import type { Notification, Wish } from './memory.ts';
import type { Phone, PhoneState } from './phone.ts';

/** Shows the phone on the whole page. @param now milliseconds since 1970 */
export function createView(
  phone: Phone,
  usual: Wish,
  now: () => number,
): { show(state: PhoneState): void } {
  let [known, ring] = [0, ''];
  let shown: PhoneState | null = null;

  const show = (state: PhoneState): void => {
    const app = document.getElementById('app');
    if (app === null) return;
    shown = state;
    const { notifications } = state;
    const hadFocus = document.activeElement !== document.body && document.activeElement !== null;
    const [heading, lead] = wordsOf(state);
    const [newest] = notifications;
    if (newest !== undefined && newest.id > known && newest.state === 'waiting')
      ring = `${spelledOut(newest.app)}: ${spelledOut(newest.message)}`;
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
        home,
      ),
    ]);
    known = newest?.id ?? 0;
    const waiting = notifications.filter(({ state }) => state === 'waiting').length;
    document.title = `${waiting === 0 ? '' : `(${waiting}) `}${heading} - mfa-cli emulator`;
    // If the focused element is gone, the heading gets the focus.
    if (hadFocus && document.activeElement === document.body) app.querySelector('h1')?.focus();
  };

  const screenOf = ({ stage, wish, notifications }: PhoneState): readonly Wanted[] => {
    const chosen = wish ?? usual;
    const bar = make(
      'div.status-bar',
      { 'aria-hidden': 'true' },
      make('span', 'Emulator'),
      make('i.signal'),
      make('i.battery'),
    );
    if (stage === 'new') return [bar, setUpForm(chosen, (next) => phone.signIn(next))];
    const lockScreen = [bar, clock(now())];
    if (stage === 'busy') return lockScreen;
    if (stage === 'signed-out')
      return [...lockScreen, offer('Sign in again', () => phone.signIn(chosen))];
    if (stage === 'unenrolled') return [...lockScreen, offer('Enroll again', () => phone.enroll())];
    const first = notifications.find(isOpen);
    const cards = notifications.map((one) =>
      notificationCard(one, phone, { isNew: now() - one.at < arrival, isFirst: one === first }),
    );
    return [...lockScreen, make('ul.notifications', { 'aria-label': 'Notifications' }, ...cards)];
  };

  // The clock of the lock screen.
  setInterval(() => shown !== null && show(shown), 1000);
  return { show };
}

function offer(label: string, press: () => unknown): Wanted {
  return make('div.offer', button(label, press, { class: 'primary', key: label }));
}

function clock(at: number): Wanted {
  const date = new Date(at).toLocaleDateString('en', {
    weekday: 'long',
    month: 'long',
    day: 'numeric',
  });
  return make('div.clock', make('p.date', date), make('p.time', hourOf(at)));
}

/** Above all, but the last that a keyboard reaches. */
const home = make('p.brand', make('a', { href: '/' }, 'mfa-cli emulator'));

const activitiesShown = 8;

/** Milliseconds of a push's animation. */
const arrival = 1000;

/** Below the phone: its user, its activity, and reasons for silence. */
function captionOf(
  { stage, enrollment, wish, notifications, happenings }: PhoneState,
  phone: Phone,
): readonly Child[] {
  const isKnown = enrollment !== null && wish !== null && stage !== 'new';
  const isSilent = stage === 'listening' && !notifications.some(isOpen);
  const activity = happenings.slice(-activitiesShown).reverse();
  return [
    isKnown
      ? fields({
          ...{ User: enrollment.user, Phone: wish.name },
          ...{ UDID: make('code', enrollment.udid), 'Bundle ID': make('code', wish.bundleId) },
        })
      : null,
    isKnown
      ? make(
          'div.actions',
          button('Remove this phone', () => phone.remove()),
        )
      : null,
    activity.length === 0 ? null : make('h2', 'Activity'),
    make(
      'ol.happenings',
      // A new key for a new entry, so that no line moves.
      { key: `${happenings.length} ${happenings.at(-1)?.text}` },
      ...activity.map(({ at, text }) => make('li', time(at), make('span', text))),
    ),
    isSilent
      ? make(
          'p.note',
          'A phone cannot see why no push arrives. The certificate may be missing, expired or for another app. ',
          make('a', { href: '/', target: '_blank', rel: 'noopener' }, 'The console'),
          ' shows the answers of the push service.',
        )
      : null,
  ];
}

function setUpForm(wish: Wish, submit: (wish: Wish) => void): Wanted {
  const field = (name: keyof Wish, label: string, more: Readonly<Record<string, string>> = {}) => [
    make('label', { for: name }, label),
    make('input', {
      ...{
        id: name,
        name,
        required: true,
        autocomplete: 'off',
        spellcheck: 'false',
        value: wish[name],
      },
      ...more,
    }),
  ];
  const bundleId = {
    pattern: '[A-Za-z0-9\\-]+(\\.[A-Za-z0-9\\-]+)+',
    title: 'Like com.example.app',
  };
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

type Words = readonly [heading: string, lead: string];

function wordsOf({
  stage,
  failure,
  isLost,
  wish,
  enrollment,
  notifications: [newest],
}: PhoneState): Words {
  if (isLost) return ['The tenant does not answer', 'The phone keeps trying.'];
  if (stage === 'busy') return ['Contacting the tenant', 'One moment.'];
  if (stage !== 'listening') {
    const [heading, lead] = stages[stage];
    return [heading, failure ?? lead];
  }
  if (newest === undefined)
    return ['Waiting for a push', failure ?? `${enrollment?.user}, for ${wish?.bundleId}`];
  if (newest.refusal !== null) return ['The tenant did not accept the answer', newest.refusal];
  return outcomes[newest.state];
}

const stages = {
  new: [
    'This phone has no user yet',
    "Sign in as a user to enroll it, like the vendor's app. Each tab is a separate phone.",
  ],
  'signed-out': ['The tenant ended the session', 'Sign in again. The phone stays the same.'],
  unenrolled: ['The tenant does not know this phone', 'Enroll it again.'],
} as const satisfies Record<string, Words>;

const outcomes: Readonly<Record<Notification['state'], Words>> = {
  waiting: ['Push received', 'Someone is signing in. Approve or deny it.'],
  sending: ['Sending the answer', 'With a one-time password from this phone.'],
  approved: ['Approved', 'The tenant accepted the answer. The sign-in continues.'],
  denied: ['Denied', 'The tenant accepted the answer. The sign-in is stopped.'],
};

const hourOf = (at: number): string =>
  new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

function time(at: number): Wanted {
  return make('time', { datetime: new Date(at).toISOString() }, hourOf(at));
}

function isOpen({ state, hasActions, challenge }: Notification): boolean {
  return (state === 'waiting' || state === 'sending') && hasActions && challenge !== null;
}

/** A push on the lock screen: `isNew` animates it, and `isFirst` makes its button the primary one. */
function notificationCard(
  notification: Notification,
  phone: Phone,
  { isNew, isFirst }: { readonly isNew: boolean; readonly isFirst: boolean },
): Wanted {
  const { id, app, title, message, at } = notification;
  return make(
    'li.notification',
    { key: String(id), class: isNew ? 'coming' : null },
    make('span.icon', { 'aria-hidden': 'true' }, app.charAt(0)),
    make('p.app', make('span', app), time(at)),
    title === null ? null : make('p.title', title),
    make('p.message', message),
    ...footOf(notification, phone, isFirst),
  );
}

function footOf(notification: Notification, phone: Phone, isFirst: boolean): readonly Child[] {
  const { id, state, refusal } = notification;
  if (state === 'approved') return [tag('ok', '✓ Approved')];
  if (state === 'denied') return [tag('bad', '✕ Denied')];
  const isOff = state === 'sending';
  const action = (label: string, press: () => unknown, isPrimary = false): Wanted =>
    button(label, () => (isOff ? null : press()), {
      ...{ class: isPrimary ? 'primary' : null, 'aria-disabled': isOff ? 'true' : null },
    });
  const clear = action('Clear', () => phone.clear(id));
  if (!isOpen(notification))
    return [
      make('p.small', 'This is not an MFA push, so iOS offers no actions.'),
      make('div.actions', clear),
    ];
  return [
    refusal === null ? null : make('p.refusal', refusal),
    make(
      'div.actions',
      action('Approve', () => phone.answer(id, true), isFirst),
      action('Deny', () => phone.answer(id, false)),
      refusal === null ? null : clear,
    ),
  ];
}
