import { declareCommand } from '../command.ts';
import { bootstrapOptions } from './options.ts';

export const bootstrap = declareCommand({
  word: 'bootstrap',
  summary: 'set up a tenant: OAuth application, role and administrative right',
  options: bootstrapOptions,
  behavior: { sends: true, destroys: true, asks: true },
  examples: [
    'mfa-cli bootstrap --tenant abc1234.id.cyberark.cloud --user ada@example.com',
    'mfa-cli bootstrap --service-user ci@example.com --secret-file ci.secret --yes',
    'mfa-cli bootstrap --remove',
  ],
  load: () => import('./bootstrap.ts'),
});
