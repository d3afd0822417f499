import { count } from '../../../text/phrasing.ts';
import { button, make, type VirtualElement } from '../dom.ts';
import type { Mark } from '../mark.ts';
import {
  type ApiCall,
  type Board,
  type Card,
  card,
  type EventLine,
  eventList,
  messageIn,
} from './board.ts';
import type { ConsoleAnswer, ConsoleAssumption, ConsoleRequest, ScriptedAnswers } from './state.ts';

/** The requests to the tenant and its answers. */
export const requests: Card = ({ state, onlyRefused, showOnlyRefused }) => {
  const { total, items } = state.requests;
  const checkbox = make('input', {
    type: 'checkbox',
    id: 'refused',
    onchange: ({ target }) => showOnlyRefused(target instanceof HTMLInputElement && target.checked),
  });
  const wanted = onlyRefused ? items.filter(isRefused) : items;
  const lines = eventList(
    { total: onlyRefused ? wanted.length : total, items: wanted },
    requestLine,
    {
      shown: 12,
      noun: 'request',
      none: onlyRefused ? 'No recent request was refused.' : 'No requests yet.',
    },
  );
  return card(
    'requests',
    'Requests',
    make('label.check', { for: 'refused' }, checkbox, 'refused only'),
    total === 0 ? null : make('p.lead', `${count(total, 'request')} since the start`),
    ...lines,
  );
};

function isRefused({ status, verdict }: ConsoleRequest): boolean {
  return status >= 400 || verdict?.success === false;
}

function requestLine(request: ConsoleRequest): EventLine {
  const { at, method, path, milliseconds, verdict } = request;
  return {
    at,
    subject: `${method} ${path}`,
    words: verdict?.words ?? '',
    duration: `${milliseconds} ms`,
    mark: requestMark(request),
  };
}

function requestMark(request: ConsoleRequest): Mark {
  const { status, verdict } = request;
  const words = verdict?.success === false ? `${status} refused` : `${status}`;
  if (isRefused(request)) return { tone: 'bad', words };
  return { tone: status < 300 ? 'ok' : 'plain', words };
}

/** The stand-in for APNs: its next answers and its earlier ones. */
export const pushService: Card = (board) => {
  const { state, tenant } = board;
  const scripted = state.scripted.map(scriptedInWords);
  const next = scripted.length === 0 ? 'answered as APNs would' : scripted.join(', then ');
  const words = { shown: 5, noun: 'answer', none: 'No pushes yet.' };
  return card(
    'push-service',
    'Stand-in for APNs',
    null,
    make('p.lead', make('code', tenant.apnsHost), ` · ${tenant.apnsEnvironment}`),
    scriptForm(board),
    make('p.lead', `Next push: ${next}.`),
    messageIn('push-service', board),
    ...eventList(state.answers, answerLine, words),
  );
};

function scriptedInWords({ status, reason, times }: ScriptedAnswers): string {
  const words = [status ?? 'a closed connection', reason];
  if (times > 1) words.push(`${times} times`);
  return words.join(' ');
}

/** The value of the choice that scripts no answer. */
const usual = '';

/** The form for the next answers. */
function scriptForm(board: Board): VirtualElement {
  const reasons = Object.entries(board.tenant.reasons).map(([reason, status]) =>
    make('option', { value: reason }, `${status} ${reason}`),
  );
  // Chosen at first, so that a press of the button breaks no push.
  const options = [make('option', { value: usual }, 'the answer of APNs'), ...reasons];
  const isIdle = board.state.scripted.length === 0;
  const times = make('input', {
    id: 'times',
    name: 'times',
    type: 'number',
    min: '1',
    max: '1000',
    value: '1',
    required: true,
  });
  // Not disabled, which would lose the focus.
  const clear = { id: 'clear', formnovalidate: true, 'aria-disabled': isIdle && 'true' };
  return make(
    'form.script',
    { onsubmit: (event) => submitScript(event, board) },
    make(
      'div',
      make('label', { for: 'reason' }, 'Answer next pushes with'),
      make('select', { id: 'reason', name: 'reason' }, ...options),
    ),
    make('div', make('label', { for: 'times' }, 'Times'), times),
    make('div.actions', make('button.small', 'Apply'), make('button.small', clear, 'Clear')),
  );
}

function submitScript(event: Event, { act, state }: Board): void {
  event.preventDefault();
  if (!(event.target instanceof HTMLFormElement)) return;
  const form = new FormData(event.target);
  const isPressed = event instanceof SubmitEvent && event.submitter?.id === 'clear';
  const isClear = isPressed || form.get('reason') === usual;
  if (isClear && state.scripted.length === 0) return;
  const call: ApiCall = {
    api: '/emulator/apns',
    parameters: {
      Reason: form.get('reason'),
      Times: isClear ? 0 : Number(form.get('times')),
    },
    done: isClear ? 'Cleared.' : 'Applied.',
  };
  void act('push-service', call);
}

function answerLine(answer: ConsoleAnswer): EventLine {
  const { at, phone, topic, status, reason, isProbe } = answer;
  const words = status === null ? `ended: ${reason ?? ''}` : `${status} ${reason ?? ''}`.trim();
  return {
    at,
    subject: phone ?? (isProbe ? 'check of a certificate' : 'unknown device token'),
    words: topic === null ? words : `${words} · ${topic}`,
    mark: answerMark(answer),
  };
}

function answerMark({ status, reason, isProbe }: ConsoleAnswer): Mark {
  if (status === null) return { tone: 'bad', words: 'ended' };
  if (reason === null) return { tone: 'ok', words: 'accepted' };
  // Nobody has the probe's token, so this is the best answer.
  if (isProbe && reason === 'BadDeviceToken') return { tone: 'plain', words: 'probe' };
  return { tone: 'bad', words: 'refused' };
}

/** Ends sign-ins, like the passage of time or an administrator. */
export const signIns: Card = (board) => {
  const ending = (words: string, call: ApiCall): VirtualElement =>
    button(words, () => board.act('sign-ins', call), { class: 'small danger' });
  return card(
    'sign-ins',
    'Sign-ins',
    null,
    make('p.lead', 'For mfa-cli and all phones. This page stays signed in.'),
    make('div.actions', ending('Expire tokens', expiry), ending('Revoke sessions', revocation)),
    messageIn('sign-ins', board),
  );
};

const expiry: ApiCall = {
  api: '/emulator/expire-tokens',
  parameters: {},
  done: 'Expired all access tokens. Refresh tokens stay valid.',
};

const revocation: ApiCall = {
  api: '/emulator/revoke-sessions',
  parameters: {},
  done: 'Revoked all sessions. Everyone must sign in again.',
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

function list(all: readonly ConsoleAssumption[]): VirtualElement {
  return make(
    'dl.stacked',
    ...all.flatMap(({ name, value, question }) => [
      make('dt', make('code', `${name}=${value}`)),
      make('dd', question),
    ]),
  );
}
