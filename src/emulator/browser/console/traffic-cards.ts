import { count } from '../../../text/phrasing.ts';
import { make, type Tone, type Wanted } from '../dom.ts';
import { type Card, card, happening, saidIn, scroll, tag, time } from './board.ts';
import type { ConsoleAnswer, ConsoleAssumption, ConsoleRequest } from './state.ts';

/** What asked the tenant, and what it judged. */
export const requests: Card = ({ state, onlyRefused, showOnlyRefused }) => {
  const { total, items } = state.requests;
  const latest = total > items.length ? `, the latest ${items.length} shown` : '';
  const check = make('input', {
    ...{ type: 'checkbox', id: 'refused' },
    onchange: ({ target }) => showOnlyRefused(target instanceof HTMLInputElement && target.checked),
  });
  return card(
    'requests',
    'Requests',
    make('label.check', { for: 'refused' }, check, 'only refused'),
    make('p.lead', total === 0 ? 'No requests yet.' : `${count(total, 'request')} since the start${latest}`),
    make(
      'table',
      make('colgroup', ...['time', 'path', 'tags', 'took'].map((name) => make(`col.${name}`))),
      make(
        'thead.unseen',
        make(
          'tr',
          ...['Time', 'Request', 'Answer', 'Took'].map((name) => make('th', { scope: 'col' }, name)),
        ),
      ),
      make('tbody', ...(onlyRefused ? items.filter(isRefused) : items).map(request)),
    ),
  );
};

function isRefused({ status, verdict }: ConsoleRequest): boolean {
  return status >= 400 || verdict?.success === false;
}

function request(one: ConsoleRequest): Wanted {
  const { at, method, path, status, milliseconds, verdict } = one;
  const [target, words] = [`${method} ${path}`, verdict?.words ?? ''];
  return make(
    'tr',
    make('td', time(at)),
    make(
      'td',
      // They are cut where there is no room for them.
      make(
        'div.request',
        { title: words },
        make('code', make('bdi', target)),
        // Behind another path they begin elsewhere. Those of before do not move there, they are gone.
        make('bdi.small-text', { key: target }, words === '' ? '' : ` ${words}`),
      ),
    ),
    make('td', tag(toneOf(one), verdict?.success === false ? `${status} refused` : `${status}`)),
    make('td.took', `${milliseconds} ms`),
  );
}

function toneOf(one: ConsoleRequest): Tone {
  if (isRefused(one)) return one.status >= 500 ? 'bad' : 'warn';
  return one.status < 300 ? 'ok' : 'plain';
}

/** The stand-in for APNs: what it answered, and what it is to answer next. */
export const pushService: Card = (board) => {
  const { state, tenant, act } = board;
  const next = state.scripted.map(({ status, reason, times }) =>
    [status ?? 'a closed connection', reason, times > 1 ? `${times} times` : null]
      .filter((word) => word !== null)
      .join(' '),
  );
  const script = (event: Event): void => {
    event.preventDefault();
    const isClear = event instanceof SubmitEvent && event.submitter?.id === 'clear';
    if (!(event.target instanceof HTMLFormElement) || (isClear && next.length === 0)) return;
    const form = new FormData(event.target);
    const parameters = { Reason: form.get('reason'), Times: isClear ? 0 : Number(form.get('times')) };
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
    scroll(
      { class: 'short', 'aria-label': 'Its answers' },
      state.answers.items.map(answer),
      'No push has come yet.',
    ),
    make(
      'form.script',
      { onsubmit: script },
      make(
        'div.wide-field',
        make('label', { for: 'reason' }, 'Answer the next pushes with'),
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
        // It is not disabled, as it would lose the focus.
        make(
          'button.small',
          { id: 'clear', formnovalidate: true, 'aria-disabled': next.length === 0 ? 'true' : null },
          'Clear',
        ),
      ),
    ),
    make('p.lead', next.length === 0 ? 'It judges the next push itself.' : `Next: ${next.join(', then ')}.`),
    saidIn('push-service', board),
  );
};

function answer({ at, phone, topic, status, reason }: ConsoleAnswer): Wanted {
  const nobody = status === null && topic === null ? 'a connection' : 'not a phone of this tenant';
  const words = status === null ? `ended: ${reason ?? ''}` : `${status} ${reason ?? ''}`.trim();
  const judged = reason === null ? (['ok', 'accepted'] as const) : (['bad', 'refused'] as const);
  return happening(
    at,
    phone ?? nobody,
    topic === null ? words : `${words} · ${topic}`,
    status === null ? ['bad', 'ended'] : judged,
  );
}

/** What time, or an administrator, does to everybody's sign-in. */
export const signIns: Card = (board) => {
  const button = (words: string, api: string, done: string): Wanted =>
    make('button.small', { type: 'button', onclick: () => board.act('sign-ins', api, {}, done) }, words);
  const expired = 'Every access token has expired; refresh tokens stay valid.';
  return card(
    'sign-ins',
    'Sign-ins',
    null,
    make('p.lead', 'For mfa-cli and all phones. This page stays signed in.'),
    make(
      'div.actions',
      button('Expire tokens', '/emulator/expire-tokens', expired),
      button('Revoke sessions', '/emulator/revoke-sessions', 'Everybody has to sign in again.'),
    ),
    saidIn('sign-ins', board),
  );
};

/** How this tenant takes what the vendor does not document. */
export const assumptions: Card = ({ tenant: { assumptions: all } }) => {
  const changed = all.filter(({ isUsual }) => !isUsual);
  const usual = 'All at their defaults: the likelier way wherever the vendor does not say.';
  return card(
    'assumptions',
    'Assumptions',
    null,
    make(
      'p.lead',
      changed.length === 0 ? usual : `${count(changed.length, 'assumption')} changed from the default:`,
    ),
    changed.length === 0 ? null : make('dl', ...changed.flatMap(assumption)),
    make('details', make('summary', `All ${all.length}`), make('dl', ...all.flatMap(assumption))),
  );
};

function assumption({ name, value, question }: ConsoleAssumption): readonly Wanted[] {
  const sentence = question.charAt(0).toUpperCase() + question.slice(1);
  return [make('dt', sentence), make('dd', make('code', `${name}=${value}`))];
}
