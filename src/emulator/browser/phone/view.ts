import { spelledOut } from '../../../text/printable.ts';
import { button, type Child, fields, fill, make, type VirtualElement } from '../dom.ts';
import type { Activity, EnrollmentRequest, Notification } from './memory.ts';
import { hourOf, isOpen, notificationCard, timeElement } from './notification-card.ts';
import type { Phone } from './phone.ts';
import type { PhoneState } from './phone-state.ts';
import { setUpForm } from './set-up-form.ts';

/** Milliseconds of a push's animation. */
const arrival = 1000;

/** Shows the phone on the whole page. */
export class View {
  readonly #phone: Phone;
  readonly #suggested: EnrollmentRequest;
  readonly #now: () => number;
  #shown: PhoneState | null = null;
  /** The ID of the newest notification that was shown. */
  #newestId = 0;
  /** The text of the last push, for screen readers. */
  #alert = '';

  /** @param suggested for a phone without a user @param now milliseconds since 1970 */
  constructor(phone: Phone, suggested: EnrollmentRequest, now: () => number) {
    this.#phone = phone;
    this.#suggested = suggested;
    this.#now = now;
    // The clock of the lock screen.
    setInterval(() => {
      if (this.#shown !== null) this.show(this.#shown);
    }, 1000);
  }

  show(state: PhoneState): void {
    const app = document.getElementById('app');
    if (app === null) return;
    this.#shown = state;
    const { notifications } = state;
    const hadFocus = document.activeElement !== document.body && document.activeElement !== null;
    const words = wordsOf(state);
    const [newest] = notifications;
    if (newest !== undefined && newest.id > this.#newestId && newest.state === 'waiting')
      this.#alert = `${spelledOut(newest.app)}: ${spelledOut(newest.message)}`;
    fill(app, [this.#page(state, words)]);
    this.#newestId = newest?.id ?? 0;
    const waiting = notifications.filter(({ state }) => state === 'waiting').length;
    const waitingMark = waiting === 0 ? '' : `(${waiting}) `;
    document.title = `${waitingMark}${words.heading} - mfa-cli emulator`;
    // If the focused element is gone, the heading gets the focus.
    if (hadFocus && document.activeElement === document.body) app.querySelector('h1')?.focus();
  }

  #page(state: PhoneState, { heading, lead }: Words): VirtualElement {
    return make(
      'main.wide.phone-page',
      make(
        'div.words',
        { 'aria-live': 'polite' },
        make('h1', { tabindex: '-1' }, heading),
        make('p.lead', lead),
      ),
      make('section.phone', { 'aria-label': 'Phone' }, make('div.screen', ...this.#screen(state))),
      make('div.caption', ...captionOf(state, this.#phone)),
      make('p.unseen', { role: 'alert' }, this.#alert),
      home,
    );
  }

  #screen({ stage, request, notifications }: PhoneState): readonly VirtualElement[] {
    const phone = this.#phone;
    const chosen = request ?? this.#suggested;
    if (stage === 'new') return [statusBar, setUpForm(chosen, (given) => phone.signIn(given))];
    const lockScreen = [statusBar, clock(this.#now())];
    switch (stage) {
      case 'busy':
        return lockScreen;
      case 'signed-out':
        return [...lockScreen, offer('Sign in again', () => phone.signIn(chosen))];
      case 'unenrolled':
        return [...lockScreen, offer('Enroll again', () => phone.enroll())];
      case 'listening':
        return [...lockScreen, this.#notificationList(notifications)];
    }
  }

  #notificationList(notifications: readonly Notification[]): VirtualElement {
    const firstOpen = notifications.find(isOpen);
    const cards = notifications.map((one) => {
      const look = { isNew: this.#now() - one.at < arrival, isFirst: one === firstOpen };
      return notificationCard(one, this.#phone, look);
    });
    return make('ul.notifications', { 'aria-label': 'Notifications' }, ...cards);
  }
}

const statusBar = make(
  'div.status-bar',
  { 'aria-hidden': 'true' },
  make('span', 'Emulator'),
  make('i.signal'),
  make('i.battery'),
);

function offer(label: string, press: () => unknown): VirtualElement {
  return make('div.offer', button(label, press, { class: 'primary', key: label }));
}

function clock(at: number): VirtualElement {
  const date = new Date(at).toLocaleDateString('en', {
    weekday: 'long',
    month: 'long',
    day: 'numeric',
  });
  return make('div.clock', make('p.date', date), make('p.time', hourOf(at)));
}

/** Above all, but the last that a keyboard reaches. */
const home = make('p.brand', make('a', { href: '/' }, 'mfa-cli emulator'));

const maxActivities = 8;

/** Below the phone: its user, its activity, and reasons for silence. */
function captionOf(state: PhoneState, phone: Phone): readonly Child[] {
  const { stage, activity, notifications } = state;
  const isSilent = stage === 'listening' && notifications.length === 0;
  return [
    ...identityOf(state, phone),
    activity.length === 0 ? null : make('h2', 'Activity'),
    activityList(activity),
    isSilent ? reasonsForSilence : null,
  ];
}

/** The enrolled phone, and the button that removes it. */
function identityOf(
  { stage, enrollment, request }: PhoneState,
  phone: Phone,
): readonly VirtualElement[] {
  if (enrollment === null || request === null || stage === 'new') return [];
  const remove = button('Remove this phone', () => phone.remove());
  return [
    fields({
      User: enrollment.user,
      Phone: request.name,
      UDID: make('code', enrollment.udid),
      'Bundle ID': make('code', request.bundleId),
    }),
    make('div.actions', remove),
  ];
}

/** Newest first. */
function activityList(activity: readonly Activity[]): VirtualElement {
  const shown = activity.slice(-maxActivities).reverse();
  return make(
    'ol.activity',
    // A new key for a new entry, so that no line moves.
    { key: `${activity.length} ${activity.at(-1)?.text}` },
    ...shown.map(({ at, text }) => make('li', timeElement(at), make('span', text))),
  );
}

const reasonsForSilence = make(
  'p.note',
  'A phone cannot see why no push arrives. ',
  'The certificate may be missing, expired or for another app. ',
  make('a', { href: '/', target: '_blank', rel: 'noopener' }, 'The console'),
  ' shows the answers of the push service.',
);

/** The state of the phone, in words. */
interface Words {
  readonly heading: string;
  readonly lead: string;
}

function wordsOf(state: PhoneState): Words {
  const { stage, failure, enrollment, request } = state;
  if (state.isLost)
    return { heading: 'The tenant does not answer', lead: 'The phone keeps trying.' };
  if (stage === 'busy') return { heading: 'Contacting the tenant', lead: 'One moment.' };
  if (stage !== 'listening') {
    const { heading, lead } = stageWords[stage];
    return { heading, lead: failure ?? lead };
  }
  const [newest] = state.notifications;
  if (newest === undefined) {
    const lead = failure ?? `${enrollment?.user}, for ${request?.bundleId}`;
    return { heading: 'Waiting for a push', lead };
  }
  if (newest.refusal !== null)
    return { heading: 'The tenant did not accept the answer', lead: newest.refusal };
  return notificationWords[newest.state];
}

const stageWords: Readonly<Record<'new' | 'signed-out' | 'unenrolled', Words>> = {
  new: {
    heading: 'This phone has no user yet',
    lead: "Sign in as a user to enroll it, like the vendor's app. Each tab is a separate phone.",
  },
  'signed-out': {
    heading: 'The tenant ended the session',
    lead: 'Sign in again. The phone stays the same.',
  },
  unenrolled: { heading: 'The tenant does not know this phone', lead: 'Enroll it again.' },
};

const notificationWords: Readonly<Record<Notification['state'], Words>> = {
  waiting: {
    heading: 'Push received',
    lead: 'Someone is signing in. Approve or deny it.',
  },
  sending: {
    heading: 'Sending the answer',
    lead: 'With a one-time password from this phone.',
  },
  approved: {
    heading: 'Approved',
    lead: 'The tenant accepted the answer. The sign-in continues.',
  },
  denied: {
    heading: 'Denied',
    lead: 'The tenant accepted the answer. The sign-in is stopped.',
  },
};
