import type { OptionTable } from '../../settings/define.ts';
import type { CommandOptions } from '../../settings/global-options.ts';
import { connectionOptions, signInOptions } from '../../settings/options.ts';
import { table } from '../../settings/table.ts';

export const bootstrapOptions = {
  tenant: connectionOptions.tenant,
  user: {
    type: 'text',
    group: 'Tenant',
    value: 'name',
    meaning: 'administrator who signs in and joins the role',
  },
  appId: {
    ...connectionOptions.appId,
    group: 'Application',
    meaning: table['app-id'].meaning,
    default: table['app-id'].default,
  },
  clientId: {
    ...connectionOptions.clientId,
    group: 'Application',
    meaning: 'OAuth client ID of the app',
    default: table['client-id'].default,
  },
  port: { ...signInOptions.port, group: 'Application' },
  role: {
    type: 'text',
    group: 'Role',
    value: 'name',
    meaning: 'role that gets the right',
    default: 'mfa-cli',
  },
  right: {
    type: 'text',
    group: 'Role',
    value: 'name',
    meaning: 'right to manage push certificates, if the tenant has several',
  },
  serviceUser: {
    type: 'text',
    group: 'Service user',
    value: 'name',
    meaning: 'create a service user for pipelines, such as ci@example.com',
  },
  secretFile: {
    type: 'text',
    group: 'Service user',
    value: 'file',
    kind: 'file',
    meaning: 'file to write its password to',
  },
  readBack: {
    type: 'flag',
    group: 'Application',
    meaning: "also allow the scope to read the tenant's settings",
  },
  devices: {
    type: 'flag',
    group: 'Application',
    meaning: "also allow the scope to query the tenant's tables, to list enrolled phones",
  },
  dryRun: { type: 'flag', meaning: 'show the plan and change nothing' },
  yes: { type: 'flag', meaning: 'do not ask' },
  remove: { type: 'flag', meaning: 'remove everything that bootstrap created' },
} as const satisfies OptionTable;

export interface BootstrapOptions extends CommandOptions<typeof bootstrapOptions> {}
