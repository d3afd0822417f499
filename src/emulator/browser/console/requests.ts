import { count } from '../../../text/phrasing.ts';
import { fillList, type ItemView, make, setAttribute, setTag, setText, type Tone } from '../dom.ts';
import { timeOf } from '../shown.ts';
import type { View } from './parts.ts';
import type { ConsoleRequest, ConsoleState } from './state.ts';

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
