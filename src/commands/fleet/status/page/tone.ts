import type { FleetState } from '../../report.ts';

const tones = {
  expired: 'bad',
  'expires-soon': 'warn',
  differs: 'warn',
  'never-set': 'plain',
  unknown: 'plain',
  valid: 'ok',
} as const satisfies Record<FleetState, string>;

/** The class that colors a state. */
export function toneOf(state: FleetState): string {
  return tones[state];
}
