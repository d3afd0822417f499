import { button, type Child, make, tag, type VirtualElement } from '../dom.ts';
import type { Notification } from './memory.ts';
import type { Phone } from './phone.ts';

/** Whether the push asks for an answer. */
export function isOpen({ state, hasActions, challenge }: Notification): boolean {
  return (state === 'waiting' || state === 'sending') && hasActions && challenge !== null;
}

export function hourOf(at: number): string {
  const format = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  return new Date(at).toLocaleTimeString([], format);
}

export function timeElement(at: number): VirtualElement {
  return make('time', { datetime: new Date(at).toISOString() }, hourOf(at));
}

interface CardLook {
  /** Whether it is animated. */
  readonly isNew: boolean;
  /** Whether its button is the primary one. */
  readonly isFirst: boolean;
}

/** A push on the lock screen. */
export function notificationCard(
  notification: Notification,
  phone: Phone,
  { isNew, isFirst }: CardLook,
): VirtualElement {
  const { id, app, title, message, at } = notification;
  return make(
    'li.notification',
    { key: String(id), class: isNew ? 'coming' : null },
    make('span.icon', { 'aria-hidden': 'true' }, app.charAt(0)),
    make('p.app', make('span', app), timeElement(at)),
    title === null ? null : make('p.title', title),
    make('p.message', message),
    ...footOf(notification, phone, isFirst),
  );
}

function footOf(notification: Notification, phone: Phone, isFirst: boolean): readonly Child[] {
  const { id, state, refusal } = notification;
  if (state === 'approved') return [tag({ tone: 'ok', words: '✓ Approved' })];
  if (state === 'denied') return [tag({ tone: 'bad', words: '✕ Denied' })];
  const isDisabled = state === 'sending';
  const action = (label: string, press: () => unknown, isPrimary = false): VirtualElement =>
    button(label, () => (isDisabled ? null : press()), {
      class: isPrimary ? 'primary' : null,
      'aria-disabled': isDisabled ? 'true' : null,
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
