import type { OptionTable } from '../../settings/define.ts';
import type { CommandOptions } from '../../settings/global-options.ts';
import { connectionOptions } from '../../settings/options.ts';

export const listOptions = {
  all: { type: 'flag', meaning: 'list the phones of all users, not only your own' },
  format: {
    type: 'choice',
    value: 'format',
    choices: ['table', 'csv'],
    meaning: 'output format',
    default: 'table',
  },
  ...connectionOptions,
} as const satisfies OptionTable;

export interface ListOptions extends CommandOptions<typeof listOptions> {}

export const registerTokenOptions = {
  bundleId: {
    type: 'text',
    value: 'id',
    meaning: 'bundle ID that the token belongs to',
    default: 'the topic set last from this machine, else com.example.app',
  },
  ...connectionOptions,
} as const satisfies OptionTable;

export interface RegisterTokenOptions extends CommandOptions<typeof registerTokenOptions> {}

export const answerOptions = {
  approve: { type: 'flag', meaning: 'approve the sign-in' },
  deny: { type: 'flag', meaning: 'deny the sign-in' },
  challenge: {
    type: 'text',
    value: 'answer',
    meaning: 'ChallengeAnswer of the push',
    default: "the last push's",
  },
  ...connectionOptions,
} as const satisfies OptionTable;

export interface AnswerOptions extends CommandOptions<typeof answerOptions> {}
