import { declareCommand } from '../command.ts';
import { emulatorOptions } from './options.ts';

export const emulator = declareCommand({
  word: 'emulator',
  summary: 'run a local tenant to rehearse with',
  options: emulatorOptions,
  list: async () => ({
    title: 'Assumptions (--assume NAME=VALUE; the first value is the default):',
    entries: (await import('../../emulator/assumptions.ts')).assumptionEntries,
  }),
  examples: [
    'mfa-cli emulator --open',
    'mfa-cli emulator --auto-approve --state tenant.json',
    'mfa-cli emulator --auto-approve --apns-ca apns-ca.pem',
    'mfa-cli emulator --tenants 5 --fleet-file mfa-fleet.yaml',
  ],
  load: () => import('./emulator.ts'),
});
