import { make } from '../dom.ts';
import { visible } from '../visible.ts';
import { timeOf } from './lock-screen.ts';
import type { Enrollment, Remembered, Wish } from './memory.ts';
import type { Phone, PhoneState } from './phone.ts';

/** What is below the phone: who it is, what silence can mean, and what happened. */
export function captionOf(
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
