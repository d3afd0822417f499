import { count } from '../../../text/phrasing.ts';
import { button, make, type Tone, type Wanted } from '../dom.ts';
import { type Card, card, happenings, saidIn } from './board.ts';
import type { ConsoleAnswer, ConsoleAssumption, ConsoleRequest } from './state.ts';

/** The requests to the tenant and its answers. */
export const requests: Card = ({ state, onlyRefused, showOnlyRefused }) => {
  const { total, items } = state.requests;
  const check = make('input', {
    ...{ type: 'checkbox', id: 'refused' },
    onchange: ({ target }) => showOnlyRefused(target instanceof HTMLInputElement && target.checked),
  });
  const wanted = onlyRefused ? items.filter(isRefused) : items;
  return card(
    'requests',
    'Requests',
    make('label.check', { for: 'refused' }, check, 'refused only'),
    total === 0 ? null : make('p.lead', `${count(total, 'request')} since the start`),
    ...happenings({ total: onlyRefused ? wanted.length : total, items: wanted }, request, {
      ...{ shown: 12, noun: 'request' },
      none: onlyRefused ? 'No recent request was refused.' : 'No requests yet.',
    }),
  );
};

function isRefused({ status, verdict }: ConsoleRequest): boolean {
  return status >= 400 || verdict?.success === false;
}

function request(one: ConsoleRequest) {
  const { at, method, path, status, milliseconds, verdict } = one;
  const otherwise = status < 300 ? 'ok' : 'plain';
  return {
    at,
    who: `${method} ${path}`,
    words: verdict?.words ?? '',
    took: `${milliseconds} ms`,
    mark: [
      isRefused(one) ? 'bad' : otherwise,
      verdict?.success === false ? `${status} refused` : `${status}`,
    ] as const,
  };
}

/** The stand-in for APNs: its next answers and its earlier ones. */
export const pushService: Card = (board) => {
  const { state, tenant, act } = board;
  const next = state.scripted.map(({ status, reason, times }) =>
    [status ?? 'a closed connection', reason, times > 1 ? `${times} times` : null]
      .filter((word) => word !== null)
      .join(' '),
  );
  const isIdle = next.length === 0;
  const script = (event: Event): void => {
    event.preventDefault();
    const isClear = event instanceof SubmitEvent && event.submitter?.id === 'clear';
    if (!(event.target instanceof HTMLFormElement) || (isClear && isIdle)) return;
    const form = new FormData(event.target);
    const parameters = {
      Reason: form.get('reason'),
      Times: isClear ? 0 : Number(form.get('times')),
    };
    void act('push-service', '/emulator/apns', parameters, isClear ? 'Cleared.' : 'Applied.');
  };
  const options = Object.entries(tenant.reasons).map(([reason, status]) =>
    make('option', { value: reason, selected: reason === 'Unregistered' }, `${status} ${reason}`),
  );
  const limits = { min: '1', max: '1000', value: '1', required: true };
  return card(
    'push-service',
    'Stand-in for APNs',
    null,
    make('p.lead', make('code', tenant.apnsHost), ` · ${tenant.apnsEnvironment}`),
    make(
      'form.script',
      { onsubmit: script },
      make(
        'div',
        make('label', { for: 'reason' }, 'Answer next pushes with'),
        make('select', { id: 'reason', name: 'reason' }, ...options),
      ),
      make(
        'div',
        make('label', { for: 'times' }, 'Times'),
        make('input', { id: 'times', name: 'times', type: 'number', ...limits }),
      ),
      make(
        'div.actions',
        make('button.small', 'Apply'),
        // Not disabled, which would lose the focus.
        make(
          'button.small',
          { id: 'clear', formnovalidate: true, 'aria-disabled': isIdle && 'true' },
          'Clear',
        ),
      ),
    ),
    make('p.lead', `Next push: ${isIdle ? 'answered as APNs would' : next.join(', then ')}.`),
    saidIn('push-service', board),
    ...happenings(state.answers, answer, { shown: 5, noun: 'answer', none: 'No pushes yet.' }),
  );
};

function answer({ at, phone, topic, status, reason, isProbe }: ConsoleAnswer) {
  const words = status === null ? `ended: ${reason ?? ''}` : `${status} ${reason ?? ''}`.trim();
  const mark = (): readonly [Tone, string] => {
    if (status === null) return ['bad', 'ended'];
    if (reason === null) return ['ok', 'accepted'];
    // Nobody has the probe's token, so this is the best answer.
    return isProbe && reason === 'BadDeviceToken' ? ['plain', 'probe'] : ['bad', 'refused'];
  };
  return {
    at,
    who: phone ?? (isProbe ? 'mfa-cli apns verify' : 'unknown device token'),
    words: topic === null ? words : `${words} · ${topic}`,
    mark: mark(),
  };
}

/** Ends sign-ins, like the passage of time or an administrator. */
export const signIns: Card = (board) => {
  const ending = (words: string, api: string, done: string): Wanted =>
    button(words, () => board.act('sign-ins', api, {}, done), { class: 'small' });
  const expired = 'Expired all access tokens. Refresh tokens stay valid.';
  const revoked = 'Revoked all sessions. Everyone must sign in again.';
  return card(
    'sign-ins',
    'Sign-ins',
    null,
    make('p.lead', 'For mfa-cli and all phones. This page stays signed in.'),
    make(
      'div.actions',
      ending('Expire tokens', '/emulator/expire-tokens', expired),
      ending('Revoke sessions', '/emulator/revoke-sessions', revoked),
    ),
    saidIn('sign-ins', board),
  );
};

/** This tenant's values of the assumptions. */
export const assumptions: Card = ({ tenant: { assumptions: all } }) => {
  const changed = all.filter(({ isUsual }) => !isUsual);
  const usual = 'All at their defaults, the likelier behavior.';
  return card(
    'assumptions',
    'Assumptions',
    null,
    make(
      'p.lead',
      changed.length === 0 ? usual : `${count(changed.length, 'assumption')} changed:`,
    ),
    changed.length === 0 ? null : list(changed),
    make('details', make('summary', `All ${all.length}`), list(all)),
  );
};

function list(all: readonly ConsoleAssumption[]): Wanted {
  return make(
    'dl.stacked',
    ...all.flatMap(({ name, value, question }) => [
      make('dt', make('code', `${name}=${value}`)),
      make('dd', question),
    ]),
  );
}
