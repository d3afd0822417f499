import { addConnectionOptions, addExamples } from '../../settings/options.ts';
import type { Declaration } from '../command.ts';

export const doctor: Declaration = {
  word: 'doctor',
  summary: 'check the machine, the network, the session and the tenant',
  options(command) {
    addConnectionOptions(command)
      .option('--port <n>', 'port of the loopback redirect; default: 8400 [MFA_CLI_PORT]')
      .option(
        '--probe',
        'report undocumented behavior of this tenant, anonymously and without changes',
      );
    addExamples(command, 'mfa-cli doctor', 'mfa-cli doctor --probe');
  },
  load: () => import('./doctor.ts'),
};
