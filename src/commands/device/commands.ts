import { connectionOptions } from '../../settings/options.ts';
import { type Declaration, declareCommand } from '../command.ts';
import { answerOptions, listOptions, registerTokenOptions } from './options.ts';

export const commands: readonly Declaration[] = [
  declareCommand({
    word: 'list',
    summary: 'list the phones enrolled on the tenant, for any app',
    options: listOptions,
    behavior: { needsSession: true, keepsStdout: true },
    examples: ['mfa-cli device list', 'mfa-cli device list --all --format csv > phones.csv'],
    load: () => import('./list.ts'),
  }),
  declareCommand({
    word: 'enroll',
    summary: 'enroll a virtual phone as the signed-in user, for rehearsals',
    options: connectionOptions,
    behavior: { sends: true, needsSession: true },
    examples: ['mfa-cli login --profile phone', 'mfa-cli device enroll --profile phone'],
    load: async () => ({ command: (await import('./register.ts')).enrollCommand }),
  }),
  declareCommand({
    word: 'register-token',
    summary: "register the virtual phone's device token with the tenant",
    options: registerTokenOptions,
    behavior: { sends: true, needsSession: true },
    examples: [
      'mfa-cli device register-token --profile phone',
      'mfa-cli device register-token --bundle-id com.example.app --profile phone',
    ],
    load: async () => ({ command: (await import('./register.ts')).registerTokenCommand }),
  }),
  declareCommand({
    word: 'listen',
    summary: 'as the virtual phone, wait for a push from the emulator',
    options: connectionOptions,
    behavior: { needsSession: true },
    examples: [
      'mfa-cli device listen --profile phone',
      'mfa-cli device listen --profile phone --timeout 60 --json',
    ],
    load: async () => ({ command: (await import('./challenge.ts')).listenCommand }),
  }),
  declareCommand({
    word: 'answer',
    summary: 'as the virtual phone, approve or deny the waiting sign-in',
    options: answerOptions,
    behavior: { sends: true, needsSession: true },
    examples: [
      'mfa-cli device answer --approve --profile phone',
      'mfa-cli device answer --deny --profile phone',
    ],
    load: async () => ({ command: (await import('./challenge.ts')).answerCommand }),
  }),
];
