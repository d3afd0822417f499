import { make } from '../dom.ts';
import { visible } from '../shown.ts';
import type { Notification } from './memory.ts';
import type { Phone } from './phone.ts';

/** The clock of the lock screen, which goes on by itself. @param now milliseconds since 1970 */
export function createClock(now: () => number): HTMLElement {
  const [time, date] = [make('p', { class: 'time' }), make('p', { class: 'date' })];
  const show = (): void => {
    const moment = new Date(now());
    time.textContent = moment.toLocaleTimeString([], {
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    date.textContent = moment.toLocaleDateString('en', { weekday: 'long', month: 'long', day: 'numeric' });
    setTimeout(show, 60_000 - (moment.getTime() % 60_000));
  };
  show();
  return make('div', { class: 'clock' }, date, time);
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
): HTMLElement {
  const { id, app, title, message, at, state, refusal } = notification;
  const button = (name: string, label: string, press: () => unknown): HTMLElement => {
    const isOff = state === 'sending';
    const made = make(
      'button',
      {
        id: `${name}-${id}`,
        type: 'button',
        class: name === 'approve' && isFirst ? 'primary' : null,
        'aria-disabled': isOff ? 'true' : null,
      },
      label,
    );
    if (!isOff) made.addEventListener('click', () => void press());
    return made;
  };
  const clear = (): HTMLElement => button('clear', 'Clear', () => phone.clear(id));
  const foot = (): readonly HTMLElement[] => {
    if (state === 'approved' || state === 'denied') {
      const [mood, words] = outcomes[state];
      return [make('p', { class: `tag ${mood}` }, words)];
    }
    if (!isOpen(notification))
      return [
        make('p', { class: 'small' }, 'This is not an MFA push: iOS offers no actions for it.'),
        make('div', { class: 'actions' }, clear()),
      ];
    return [
      ...(refusal === null ? [] : [make('p', { class: 'refusal' }, visible(refusal))]),
      make(
        'div',
        { class: 'actions' },
        button('approve', 'Approve', () => phone.answer(id, true)),
        button('deny', 'Deny', () => phone.answer(id, false)),
        ...(refusal === null ? [] : [clear()]),
      ),
    ];
  };
  return make(
    'li',
    { class: isNew ? 'notification coming' : 'notification' },
    make('p', { class: 'app' }, make('span', {}, visible(app)), timeOf(at)),
    title === null ? null : make('p', { class: 'title' }, visible(title)),
    make('p', { class: 'message' }, visible(message)),
    ...foot(),
  );
}

/** A moment as the hour and the minute. */
export function timeOf(at: number): HTMLElement {
  const moment = new Date(at);
  const text = moment.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  return make('time', { datetime: moment.toISOString() }, text);
}
