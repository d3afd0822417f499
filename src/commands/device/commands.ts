import { addConnectionOptions, addExamples, addOptions } from '../../settings/options.ts';
import type { Family } from '../command.ts';

export const device: Family = {
  word: 'device',
  summary: 'list enrolled phones, and rehearse with a virtual one',
  example: 'mfa-cli device enroll --profile phone',
  commands: [
    {
      word: 'list',
      summary: 'list the phones enrolled at the tenant',
      options(command) {
        addOptions(command, {
          '--all': 'list the phones of all users, not only your own',
          '--format <format>': ['output format; default: table', 'table', 'csv'],
        });
        addConnectionOptions(command);
        addExamples(command, 'mfa-cli device list', 'mfa-cli device list --all --format csv > phones.csv');
      },
      load: () => import('./list.ts'),
    },
    {
      word: 'enroll',
      summary: 'enroll a virtual phone for the signed-in user',
      options(command) {
        addOptions(command, {
          '--udid <id>': "device identifier; default: this profile's, or a new one",
          '--name <name>': 'device name; default: mfa-cli',
          '--os-version <version>': 'its iOS version; default: 18.0',
        });
        addConnectionOptions(command);
        addExamples(command, 'mfa-cli login --profile phone', 'mfa-cli device enroll --profile phone');
      },
      load: async () => ({ command: (await import('./register.ts')).enrollCommand }),
    },
    {
      word: 'register-token',
      summary: 'register a device token for the virtual phone',
      options(command) {
        addOptions(command, {
          '--device-token <hex>': "the app's device token; default: a new one",
          '--bundle-id <id>':
            'app of the token; default: the topic last set from this machine, or com.example.app',
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
      summary: 'approve or deny the pushed sign-in',
      options(command) {
        addOptions(command, {
          '--approve': 'approve the sign-in',
          '--deny': 'deny the sign-in',
          '--challenge <answer>': 'ChallengeAnswer of the push; default: the latest push',
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
