import { addExamples } from '../../settings/options.ts';
import type { Family } from '../command.ts';

/** `settingKeys` of auth/, which help does not load. */
const keys = 'tenant app-id client-id scope platform-token port client-app-key ca-file store'.split(
  ' ',
);

export const profile: Family = {
  word: 'profile',
  summary: 'manage saved settings, one profile per tenant',
  example: 'mfa-cli profile list',
  commands: [
    {
      word: 'list',
      summary: 'list the profiles',
      options(command) {
        addExamples(command, 'mfa-cli profile list', 'mfa-cli profile list --json');
      },
      load: async () => ({ command: (await import('./profile.ts')).listCommand }),
    },
    {
      word: 'show',
      summary: "show a profile's settings",
      options(command) {
        command.argument('[name]', 'profile to show; default: the current one');
        addExamples(command, 'mfa-cli profile show', 'mfa-cli profile show example');
      },
      load: async () => ({ command: (await import('./profile.ts')).showCommand }),
    },
    {
      word: 'use',
      summary: 'make a profile the current one',
      options(command) {
        command.argument('<name>', 'profile to use by default');
        addExamples(command, 'mfa-cli profile use example');
      },
      load: async () => ({ command: (await import('./profile.ts')).useCommand }),
    },
    {
      word: 'set',
      summary: 'change a setting of a profile',
      options(command) {
        command
          .addArgument(command.createArgument('<key>', 'setting to change').choices(keys))
          .argument('<value>', 'new value; "" removes the setting');
        addExamples(
          command,
          'mfa-cli profile set tenant abc1234.id.cyberark.cloud',
          'mfa-cli profile set port ""',
          'mfa-cli profile set store keychain',
        );
      },
      load: async () => ({ command: (await import('./profile.ts')).setCommand }),
    },
    {
      word: 'rename',
      summary: 'rename a profile',
      options(command) {
        command
          .argument('<old>', 'profile to rename; it keeps its settings, session and records')
          .argument('<new>', 'new name, not yet in use');
        addExamples(command, 'mfa-cli profile rename default acme');
      },
      load: async () => ({ command: (await import('./profile.ts')).renameCommand }),
    },
    {
      word: 'remove',
      summary: 'delete a profile and its session',
      options(command) {
        command
          .argument('<name>', 'profile to delete, with its settings, session and records')
          .option('--yes', 'do not ask');
        addExamples(command, 'mfa-cli profile remove example');
      },
      load: async () => ({ command: (await import('./profile.ts')).removeCommand }),
    },
  ],
};
