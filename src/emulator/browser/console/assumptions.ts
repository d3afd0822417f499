import { count } from '../../../text/phrasing.ts';
import { make } from '../dom.ts';
import type { ConsoleAssumption, ConsoleTenant } from './state.ts';

/** How this tenant takes what the vendor does not document. */
export function createAssumptions({ assumptions }: ConsoleTenant): HTMLElement {
  const changed = assumptions.filter(({ isUsual }) => !isUsual);
  const all = make('dl', {}, ...assumptions.flatMap(entry));
  return make(
    'section',
    { class: 'card', 'aria-labelledby': 'assumptions' },
    make('h2', { id: 'assumptions' }, 'Assumptions'),
    make(
      'p',
      { class: 'lead' },
      changed.length === 0
        ? 'All at their defaults: the likelier way wherever the vendor does not say.'
        : `${count(changed.length, 'assumption')} changed from the default:`,
    ),
    changed.length === 0 ? null : make('dl', {}, ...changed.flatMap(entry)),
    make('details', {}, make('summary', {}, `All ${assumptions.length}`), all),
  );
}

function entry({ name, value, question }: ConsoleAssumption): readonly HTMLElement[] {
  return [
    make('dt', {}, question.charAt(0).toUpperCase() + question.slice(1)),
    make('dd', {}, make('code', {}, `${name}=${value}`)),
  ];
}
