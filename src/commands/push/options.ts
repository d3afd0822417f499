import type { OptionTable } from '../../settings/define.ts';
import type { CommandOptions } from '../../settings/global-options.ts';
import {
  apnsOptions,
  p12FileOptions,
  pushOptions,
  tokenKeyOptions,
  topic,
} from '../../settings/options.ts';

export const sendOptions = {
  ...p12FileOptions,
  ...tokenKeyOptions,
  deviceToken: {
    type: 'text',
    group: 'Push',
    value: 'hex',
    meaning: "the app's device token, hexadecimal",
  },
  ...pushOptions,
  topic,
  dryRun: { type: 'flag', group: 'Push', meaning: 'show the push and send nothing' },
  ...apnsOptions,
} as const satisfies OptionTable;

export interface SendOptions extends CommandOptions<typeof sendOptions> {}

export const payloadOptions = {
  ...pushOptions,
  simulator: {
    type: 'text',
    group: 'Push',
    value: 'bundle-id',
    meaning: "print it for Xcode's simulator",
  },
} as const satisfies OptionTable;

export interface PayloadOptions extends CommandOptions<typeof payloadOptions> {}
