import type { OptionTable } from '../../settings/define.ts';
import type { CommandOptions } from '../../settings/global-options.ts';
import { apnsHosts, p12File, push, tokenKey, topic } from '../../settings/options.ts';

export const sendOptions = {
  ...p12File,
  ...tokenKey,
  deviceToken: {
    type: 'text',
    group: 'Push',
    value: 'hex',
    meaning: "the app's device token, hexadecimal",
  },
  ...push,
  topic,
  dryRun: { type: 'flag', group: 'Push', meaning: 'show the push and send nothing' },
  ...apnsHosts,
} as const satisfies OptionTable;

export interface SendOptions extends CommandOptions<typeof sendOptions> {}

export const payloadOptions = {
  ...push,
  simulator: {
    type: 'text',
    group: 'Push',
    value: 'bundle-id',
    meaning: "print it for Xcode's simulator",
  },
} as const satisfies OptionTable;

export interface PayloadOptions extends CommandOptions<typeof payloadOptions> {}
