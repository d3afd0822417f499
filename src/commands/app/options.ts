import type { OptionTable } from '../../settings/define.ts';
import type { CommandOptions } from '../../settings/global-options.ts';
import { p12Options } from '../../settings/options.ts';

export const checkOptions = {
  path: {
    type: 'optional-argument',
    kind: 'file',
    meaning: 'the .xcodeproj or .xcworkspace, its directory, or a built .ipa, .app or .xcarchive',
    default: '.',
  },
  target: {
    type: 'text',
    value: 'name',
    meaning: 'target of the project to check',
    default: 'the only application',
  },
  configuration: {
    type: 'text',
    value: 'name',
    meaning: 'build configuration of the project to check',
    default: 'Release',
  },
  ...p12Options,
} as const satisfies OptionTable;

export interface CheckOptions extends CommandOptions<typeof checkOptions> {}
