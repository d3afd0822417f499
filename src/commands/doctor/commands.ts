import { declareCommand } from '../command.ts';
import { doctorOptions } from './options.ts';

export const doctor = declareCommand({
  word: 'doctor',
  summary: 'check the machine, the network, the session and the tenant',
  options: doctorOptions,
  examples: ['mfa-cli doctor', 'mfa-cli doctor --probe'],
  load: () => import('./doctor.ts'),
});
