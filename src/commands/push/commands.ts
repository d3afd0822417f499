import {
  addApnsHostOptions,
  addExamples,
  addP12Options,
  addPushOptions,
  addTokenKeyOptions,
} from '../../settings/options.ts';
import type { Family } from '../command.ts';

export const push: Family = {
  word: 'push',
  summary: 'send or print the MFA push by hand',
  example: 'mfa-cli push payload',
  commands: [
    {
      word: 'send',
      summary: 'send the MFA push to one device',
      needs: ['--device-token'],
      options(command) {
        addTokenKeyOptions(
          addP12Options(command.argument('[file]', 'the .p12 file, - is stdin')),
        ).option('--device-token <hex>', "the app's device token, hexadecimal");
        addPushOptions(command)
          .option('--topic <topic>', "APNs topic; default: the certificate's bundle ID")
          .option('--dry-run', 'show the push and send nothing');
        addApnsHostOptions(command);
        addExamples(
          command,
          'mfa-cli push send cert.p12 --device-token 80f3… --message "Sign in to Example?"',
          'mfa-cli push send --device-token 80f3… --p12 cert.p12 --environment sandbox --dry-run --json',
          'mfa-cli push send --device-token 80f3… --p8 key.p8 --topic com.example.app --environment sandbox',
        );
      },
      load: () => import('./send.ts'),
    },
    {
      word: 'payload',
      summary: "print the MFA push, also for Xcode's simulator",
      options(command) {
        addPushOptions(command).option('--simulator <bundle-id>', "print it for Xcode's simulator");
        addExamples(
          command,
          'mfa-cli push payload --message "Sign in to Example?"',
          'mfa-cli push payload --simulator com.example.app | xcrun simctl push booted -',
        );
      },
      load: () => import('./payload.ts'),
    },
  ],
};
