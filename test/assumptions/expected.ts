import { expect } from 'vitest';
import type { Assumptions } from '../../src/emulator/assumptions.ts';
import { entriesOf } from './combinations.ts';
import { type Journey, type Remedy, travel } from './journey.ts';

/** What every step comes to unless a value below changes it: its exit code, or the code of its error. */
const usual: Journey['steps'] = {
  login: '0',
  whoami: '0',
  set: '0',
  'set again': '0',
  'read one': '0',
  'read all': '0',
  'login of a user': '0',
  'delete without the right': 'tenant-forbidden',
  enroll: '0',
  token: '0',
  challenge: '0',
  listen: '0',
  answer: '0',
  verdict: 'Approved',
  refresh: '0',
  'refresh again': '0',
  delete: '0',
  'delete what is not there': '0',
  logout: 'accepted',
  'whoami after it': 'not-signed-in',
};

/** What a value changes. One that is not named here changes nothing that anybody notices. */
export const changes: Readonly<
  Record<string, { steps?: Partial<Journey['steps']>; remedy?: Remedy }>
> = {
  'mobile-parameters=query': { remedy: 'send-as-query' },
  'p12-aes=unreadable': { remedy: 'legacy-file' },
  'delete-absent=refused': { steps: { 'delete what is not there': 'tenant-refused' } },
  'tenant-config=refused': { steps: { 'read one': 'tenant-forbidden' } },
  'advanced-config=shut': { steps: { 'read all': 'tenant-forbidden' } },
  'revoke-public-client=refused': { steps: { logout: 'refused' } },
};

function expected(chosen: Assumptions): Omit<Journey, 'said'> {
  const own = entriesOf(chosen).map((assumption) => changes[assumption.join('=')] ?? {});
  const isTried = chosen['mobile-parameters'] === 'form' && chosen['missing-parameter'] === 'words';
  const remedies = own.flatMap(({ remedy }) => (remedy === undefined ? [] : [remedy]));
  return {
    steps: Object.assign({}, usual, ...own.map(({ steps }) => steps ?? {})),
    remedies: isTried ? [...remedies, 'send-as-form' as const].sort() : remedies.sort(),
  };
}

/** Makes the journey and compares how it went with what the chosen values are expected to change. */
export async function check(chosen: Assumptions): Promise<void> {
  const { steps, remedies, said } = await travel(chosen);
  expect({ steps, remedies: [...remedies].sort() }, said.join('')).toEqual(expected(chosen));
}
