import { count } from '../../../text/phrasing.ts';
import { fillList, type ItemView, make, setAttribute, setTag, setText, type Tone } from '../dom.ts';
import { timeOf } from '../shown.ts';
import { call, card, createHappening, inWords, type View } from './parts.ts';
import type { ConsoleAnswer, ConsoleRequest, ConsoleState, ConsoleTenant } from './state.ts';

/** What asked the tenant, and what it judged. */
export function createRequests(): View {
  const body = make('tbody');
  const total = make('p', { class: 'lead' });
  const onlyRefused = make('input', { type: 'checkbox', id: 'refused' });
  const views: ItemView<ConsoleRequest>[] = [];
  let last: ConsoleState['requests'] = { total: 0, items: [] };
  const show = (): void => {
    const items = onlyRefused.checked ? last.items.filter(isRefused) : last.items;
    fillList(body, views, items, createRequest);
    setText(total, totalOf(last));
  };
  onlyRefused.addEventListener('change', show);
  return {
    element: make(
      'section',
      { class: 'card', 'aria-labelledby': 'requests' },
      make(
        'div',
        { class: 'line' },
        make('h2', { id: 'requests' }, 'Requests'),
        make('label', { class: 'check', for: 'refused' }, onlyRefused, 'only refused'),
      ),
      total,
      make(
        'table',
        {},
        make('colgroup', {}, ...['time', 'path', 'tags', 'took'].map((name) => make('col', { class: name }))),
        make(
          'thead',
          { class: 'unseen' },
          make(
            'tr',
            {},
            ...['Time', 'Request', 'Answer', 'Took'].map((name) => make('th', { scope: 'col' }, name)),
          ),
        ),
        body,
      ),
    ),
    update({ requests }) {
      last = requests;
      show();
    },
  };
}

function isRefused({ status, verdict }: ConsoleRequest): boolean {
  return status >= 400 || verdict?.success === false;
}

function createRequest(): ItemView<ConsoleRequest> {
  const time = make('time');
  const path = make('bdi');
  let words = make('bdi', { class: 'small-text' });
  const code = make('code', {}, path);
  const line = make('div', { class: 'request' }, code, ' ', words);
  const tag = make('span');
  const took = make('td', { class: 'took' });
  return {
    element: make('tr', {}, make('td', {}, time), make('td', {}, line), make('td', {}, tag), took),
    update(request) {
      const { at, method, path: target, status, milliseconds, verdict } = request;
      setAttribute(time, 'datetime', at);
      setText(time, timeOf(at));
      if (setText(path, `${method} ${target}`)) {
        // Behind another path the words begin elsewhere. Those of before do not move there, they are gone.
        words = make('bdi', { class: 'small-text' });
        line.replaceChildren(code, ' ', words);
      }
      setText(words, verdict?.words ?? '');
      // It is cut where there is no room for it.
      setAttribute(line, 'title', verdict?.words ?? '');
      setTag(tag, toneOf(request), verdict?.success === false ? `${status} refused` : `${status}`);
      setText(took, `${milliseconds} ms`);
    },
  };
}

function toneOf(request: ConsoleRequest): Tone {
  if (isRefused(request)) return request.status >= 500 ? 'bad' : 'warn';
  return request.status < 300 ? 'ok' : 'plain';
}

function totalOf({ total, items }: ConsoleState['requests']): string {
  if (total === 0) return 'No requests yet.';
  return total > items.length
    ? `${count(total, 'request')} since the start, the latest ${items.length} shown`
    : `${count(total, 'request')} since the start`;
}

/** The stand-in for APNs: what it answered, and what it is to answer next. */
export function createPushService({ apnsHost, apnsEnvironment, reasons }: ConsoleTenant): View {
  const list = make('ol', { class: 'events' });
  const none = make('p', { class: 'none' }, 'No push has come yet.');
  const next = make('p', { class: 'lead' });
  const said = make('p', { role: 'status', class: 'said' });
  const views: ItemView<ConsoleAnswer>[] = [];
  const options = Object.entries(reasons).map(([reason, status]) =>
    make('option', { value: reason }, `${status} ${reason}`),
  );
  const reason = make('select', { id: 'reason' }, ...options);
  reason.value = 'Unregistered';
  const times = make('input', {
    id: 'times',
    type: 'number',
    min: '1',
    max: '1000',
    value: '1',
    required: '',
  });
  const clear = make('button', { type: 'button', class: 'small' }, 'Clear');
  const form = make(
    'form',
    { class: 'script' },
    make(
      'div',
      { class: 'wide-field' },
      make('label', { for: 'reason' }, 'Answer the next pushes with'),
      reason,
    ),
    make('div', {}, make('label', { for: 'times' }, 'Times'), times),
    make('div', { class: 'actions' }, make('button', { class: 'small' }, 'Apply'), clear),
  );
  const script = async (count: number): Promise<void> => {
    const answer = await call('/emulator/apns', { Reason: reason.value, Times: count });
    const done = count === 0 ? 'Cleared.' : 'Applied.';
    setText(said, inWords(answer, done));
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void script(times.valueAsNumber);
  });
  clear.addEventListener('click', () => {
    if (clear.ariaDisabled === null) void script(0);
  });
  return {
    element: card(
      'push-service',
      'Stand-in for APNs',
      make('p', { class: 'lead' }, make('code', {}, apnsHost), ` · ${apnsEnvironment}`),
      make(
        'div',
        { class: 'scroll short', tabindex: '0', role: 'group', 'aria-label': 'Its answers' },
        none,
        list,
      ),
      form,
      next,
      said,
    ),
    update({ answers, scripted }) {
      none.hidden = answers.total > 0;
      fillList(list, views, answers.items, createAnswer);
      // It is not disabled, as it would lose the focus.
      setAttribute(clear, 'aria-disabled', scripted.length === 0 ? 'true' : null);
      const words = scripted.map(({ status, reason: name, times: left }) =>
        [status ?? 'a closed connection', name, left > 1 ? `${left} times` : null]
          .filter((word) => word !== null)
          .join(' '),
      );
      setText(
        next,
        words.length === 0 ? 'It judges the next push itself.' : `Next: ${words.join(', then ')}.`,
      );
    },
  };
}

function createAnswer(): ItemView<ConsoleAnswer> {
  return createHappening(({ at, phone, topic, status, reason }) => {
    const nobody = status === null && topic === null ? 'a connection' : 'not a phone of this tenant';
    const answer = status === null ? `ended: ${reason ?? ''}` : `${status} ${reason ?? ''}`.trim();
    const tag = reason === null ? (['ok', 'accepted'] as const) : (['bad', 'refused'] as const);
    return {
      at,
      who: phone ?? nobody,
      words: topic === null ? answer : `${answer} · ${topic}`,
      tag: status === null ? ['bad', 'ended'] : tag,
    };
  });
}
