import { fillList, type ItemView, make, setAttribute, setText } from '../dom.ts';
import { call, card, createHappening, inWords, type View } from './parts.ts';
import type { ConsoleAnswer, ConsoleTenant } from './state.ts';

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
