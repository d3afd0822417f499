import { type Declaration, declareCommand } from '../command.ts';
import { payloadOptions, sendOptions } from './options.ts';

export const commands: readonly Declaration[] = [
  declareCommand({
    word: 'send',
    summary: 'send the MFA push to one device',
    options: sendOptions,
    needs: ['deviceToken'],
    behavior: { sends: true, asks: true },
    examples: [
      'mfa-cli push send cert.p12 --device-token 80f3… --message "Sign in to Example?"',
      'mfa-cli push send --device-token 80f3… --p12 cert.p12 --environment sandbox --dry-run --json',
      'mfa-cli push send --device-token 80f3… --p8 key.p8 --key-id ID --team-id ID --topic TOPIC',
    ],
    load: () => import('./send.ts'),
  }),
  declareCommand({
    word: 'payload',
    summary: "print the push as JSON, also for Xcode's simulator",
    options: payloadOptions,
    behavior: { keepsStdout: true },
    examples: [
      'mfa-cli push payload --message "Sign in to Example?"',
      'mfa-cli push payload --simulator com.example.app | xcrun simctl push booted -',
    ],
    load: () => import('./payload.ts'),
  }),
];
