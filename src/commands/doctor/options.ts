import type { OptionTable } from '../../settings/define.ts';
import type { CommandOptions } from '../../settings/global-options.ts';
import { connection, signIn } from '../../settings/options.ts';

export const doctorOptions = {
  ...connection,
  port: { ...signIn.port, group: 'Tenant' },
  probe: {
    type: 'flag',
    meaning: 'report undocumented behavior of this tenant, anonymously and without changes',
  },
  verbose: {
    type: 'flag',
    meaning: 'also list what passed, or what --probe could not find out',
  },
} as const satisfies OptionTable;

export interface DoctorOptions extends CommandOptions<typeof doctorOptions> {}
