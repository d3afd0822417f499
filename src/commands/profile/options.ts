import type { SettingKey } from '../../auth/profile.ts';
import type { OptionTable } from '../../settings/define.ts';
import type { CommandOptions } from '../../settings/global-options.ts';

/** `settingKeys` of auth/, which help does not load. */
const keys = [
  'tenant',
  'app-id',
  'client-id',
  'scope',
  'platform-token',
  'port',
  'client-app-key',
  'ca-file',
  'store',
] as const satisfies readonly SettingKey[];

export const showOptions = {
  name: {
    type: 'optional-argument',
    kind: 'profile',
    meaning: 'profile to show',
    default: 'the current one',
  },
} as const satisfies OptionTable;

export interface ProfileShowOptions extends CommandOptions<typeof showOptions> {}

export const useOptions = {
  name: { type: 'argument', kind: 'profile', meaning: 'profile to use by default' },
} as const satisfies OptionTable;

export interface ProfileUseOptions extends CommandOptions<typeof useOptions> {}

export const setOptions = {
  key: { type: 'argument', meaning: 'setting to change', choices: keys },
  value: { type: 'argument', meaning: 'new value; "" removes the setting' },
} as const satisfies OptionTable;

export interface ProfileSetOptions extends CommandOptions<typeof setOptions> {}

export const renameOptions = {
  old: {
    type: 'argument',
    kind: 'profile',
    meaning: 'profile to rename; it keeps its settings and session',
  },
  new: { type: 'argument', meaning: 'new name; must not be in use' },
} as const satisfies OptionTable;

export interface ProfileRenameOptions extends CommandOptions<typeof renameOptions> {}

export const removeOptions = {
  name: {
    type: 'argument',
    kind: 'profile',
    meaning: 'profile to delete, with its settings and session',
  },
  yes: { type: 'flag', meaning: 'do not ask' },
} as const satisfies OptionTable;

export interface ProfileRemoveOptions extends CommandOptions<typeof removeOptions> {}
