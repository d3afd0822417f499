import { addConnectionOptions, addExamples, addOptions } from '../../settings/options.ts';
import type { Family } from '../command.ts';

export const device: Family = {
  word: 'device',
  summary: 'phones of the tenant, and a virtual one to rehearse with',
  example: 'mfa-cli device enroll --profile phone',
  commands: [
    {
      word: 'list',
      summary: 'list the phones that are enrolled at the tenant, whichever app',
      options(command) {
        addOptions(command, {
          '--all': 'those of everybody, not only of who is signed in',
          '--format <format>': ['how to print them; default: table', 'table', 'csv'],
        });
        addConnectionOptions(command);
        addExamples(command, 'mfa-cli device list', 'mfa-cli device list --all --format csv > phones.csv');
      },
      load: () => import('./list.ts'),
    },
    {
      word: 'enroll',
      summary: 'enroll a virtual phone as the user who is signed in',
      options(command) {
        addOptions(command, {
          '--udid <id>': 'identifier of the device; default: the one of this profile, or a new one',
          '--name <name>': 'name of the device; default: mfa-cli',
          '--os-version <version>': 'version of iOS that it claims; default: 18.0',
        });
        addConnectionOptions(command);
        addExamples(command, 'mfa-cli login --profile phone', 'mfa-cli device enroll --profile phone');
      },
      load: async () => ({ command: (await import('./register.ts')).enrollCommand }),
    },
    {
      word: 'register-token',
      summary: 'tell the tenant the device token of the virtual phone',
      options(command) {
        addOptions(command, {
          '--device-token <hex>': "the app's device token; default: a new one",
          '--bundle-id <id>':
            'the app that the token is for; default: the topic that was set last from this machine, else com.example.app',
        });
        addConnectionOptions(command);
        addExamples(
          command,
          'mfa-cli device register-token --profile phone',
          'mfa-cli device register-token --bundle-id com.example.app --profile phone',
        );
      },
      load: async () => ({ command: (await import('./register.ts')).registerTokenCommand }),
    },
    {
      word: 'listen',
      summary: 'wait for a push from the emulator',
      options(command) {
        addConnectionOptions(command);
        addExamples(
          command,
          'mfa-cli device listen --profile phone',
          'mfa-cli device listen --profile phone --timeout 60 --json',
        );
      },
      load: async () => ({ command: (await import('./challenge.ts')).listenCommand }),
    },
    {
      word: 'answer',
      summary: 'approve or deny the sign-in that was pushed',
      options(command) {
        addOptions(command, {
          '--approve': 'let the sign-in pass',
          '--deny': 'refuse the sign-in',
          '--challenge <answer>': 'ChallengeAnswer of the push; default: of the last one that arrived',
        });
        addConnectionOptions(command);
        addExamples(
          command,
          'mfa-cli device answer --approve --profile phone',
          'mfa-cli device answer --deny --profile phone',
        );
      },
      load: async () => ({ command: (await import('./challenge.ts')).answerCommand }),
    },
  ],
};
