import type { OptionTable } from '../../settings/define.ts';
import type { CommandOptions } from '../../settings/global-options.ts';
import { connectionOptions, signInOptions } from '../../settings/options.ts';

export const doctorOptions = {
  ...connectionOptions,
  port: { ...signInOptions.port, group: 'Tenant' },
  probe: {
    type: 'flag',
    meaning:
      'test how this tenant behaves where that is undocumented; changes nothing, and the ' +
      'result names neither the tenant nor people, so you can share it',
  },
  verbose: {
    type: 'flag',
    meaning: 'also list what passed, or what --probe could not find out',
  },
} as const satisfies OptionTable;

export interface DoctorOptions extends CommandOptions<typeof doctorOptions> {}
