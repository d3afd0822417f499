import { addConnectionOptions, addExamples } from '../../settings/options.ts';
import type { Declaration } from '../command.ts';

export const doctor: Declaration = {
  word: 'doctor',
  summary: 'check everything that commands depend on',
  options(command) {
    addConnectionOptions(command)
      .option('--port <n>', 'port of the loopback redirect; default: 8400 [MFA_CLI_PORT]')
      .option(
        '--probe',
        'also report undocumented behavior of this tenant, without naming it or changing anything',
      );
    addExamples(
      command,
      'mfa-cli doctor',
      'mfa-cli doctor --tenant acme.cyberark.cloud --json',
      'mfa-cli doctor --probe',
    );
  },
  load: () => import('./doctor.ts'),
};
