import { addConnectionOptions, addExamples, addOptions } from '../../settings/options.ts';
import type { Family } from '../command.ts';

export const device: Family = {
  word: 'device',
  summary: 'list enrolled phones, and rehearse with a virtual phone',
  example: 'mfa-cli device enroll --profile phone',
  commands: [
    {
      word: 'list',
      summary: 'list the phones enrolled at the tenant, for any app',
      options(command) {
        addOptions(command, {
          '--all': 'list the phones of all users, not only your own',
          '--format <format>': ['output format; default: table', 'table', 'csv'],
        });
        addConnectionOptions(command);
        addExamples(
          command,
          'mfa-cli device list',
          'mfa-cli device list --all --format csv > phones.csv',
        );
      },
      load: () => import('./list.ts'),
    },
    {
      word: 'enroll',
      summary: 'enroll a virtual phone as the signed-in user',
      options(command) {
        addConnectionOptions(command);
        addExamples(
          command,
          'mfa-cli login --profile phone',
          'mfa-cli device enroll --profile phone',
        );
      },
      load: async () => ({ command: (await import('./register.ts')).enrollCommand }),
    },
    {
      word: 'register-token',
      summary: "register the virtual phone's device token with the tenant",
      options(command) {
        addOptions(command, {
          '--bundle-id <id>':
            'app of the token; default: the topic set last from this machine, else com.example.app',
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
          '--challenge <answer>': "ChallengeAnswer of the push; default: the last push's",
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
