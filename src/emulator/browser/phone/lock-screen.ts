import { make, type Wanted } from '../dom.ts';
import type { Notification } from './memory.ts';
import type { Phone } from './phone.ts';

/** The clock of the lock screen, which goes on by itself. @param now milliseconds since 1970 */
export function createClock(now: () => number): HTMLElement {
  const clock = document.createElement('div');
  clock.className = 'clock';
  const [date, time] = [document.createElement('p'), document.createElement('p')];
  [date.className, time.className] = ['date', 'time'];
  clock.append(date, time);
  const show = (): void => {
    const moment = new Date(now());
    time.textContent = hourOf(moment);
    date.textContent = moment.toLocaleDateString('en', { weekday: 'long', month: 'long', day: 'numeric' });
    setTimeout(show, 60_000 - (moment.getTime() % 60_000));
  };
  show();
  return clock;
}

const hourOf = (moment: Date): string =>
  moment.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

/** A moment as the hour and the minute. */
export function timeOf(at: number): Wanted {
  const moment = new Date(at);
  return make('time', { datetime: moment.toISOString() }, hourOf(moment));
}

const outcomes = { approved: ['ok', '✓ Approved'], denied: ['bad', '✕ Denied'] } as const;

/** Whether it has Approve and Deny. */
export function isOpen({ state, hasActions, challenge }: Notification): boolean {
  return (state === 'waiting' || state === 'sending') && hasActions && challenge !== null;
}

/** A push as iOS shows it on the lock screen: whether it comes right now, and whether the one primary button is its. */
export function notificationCard(
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
