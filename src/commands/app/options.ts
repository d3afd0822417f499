import type { OptionTable } from '../../settings/define.ts';
import type { CommandOptions } from '../../settings/global-options.ts';
import { p12 } from '../../settings/options.ts';

export const checkOptions = {
  path: {
    type: 'optional-argument',
    kind: 'directory',
    meaning: 'the .xcodeproj or .xcworkspace, or its directory',
    default: '.',
  },
  target: {
    type: 'text',
    value: 'name',
    meaning: 'target to check',
    default: 'the only application',
  },
  configuration: {
    type: 'text',
    value: 'name',
    meaning: 'build configuration to check',
    default: 'Release',
  },
  ...p12,
} as const satisfies OptionTable;

export interface CheckOptions extends CommandOptions<typeof checkOptions> {}
