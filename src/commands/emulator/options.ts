import { defaults } from '../../settings/defaults.ts';
import type { OptionTable } from '../../settings/define.ts';
import type { CommandOptions } from '../../settings/global-options.ts';

export const emulatorOptions = {
  port: {
    type: 'text',
    value: 'n',
    kind: 'number',
    meaning: 'port to listen on, 0 for any free port',
    default: '8450',
  },
  state: {
    type: 'text',
    value: 'file',
    kind: 'file',
    meaning: 'file to keep settings, devices, users, roles and applications in',
  },
  autoApprove: {
    type: 'flag',
    meaning:
      'skip the sign-in page (sign in the login_hint user, or the administrator); approve ' +
      'each push that rings no virtual phone',
  },
  open: {
    type: 'flag',
    meaning: 'open the console in the browser, signed in as the administrator',
  },
  bare: {
    type: 'flag',
    meaning: 'start without the OAuth application, so that you can try `bootstrap`',
  },
  redirectUri: {
    type: 'list',
    value: 'uri',
    meaning: 'registered redirect URI, repeatable',
    default: `http://127.0.0.1:${defaults.port}/callback`,
  },
  fixedPasswords: {
    type: 'flag',
    meaning: 'use the published passwords (unsafe on a shared machine)',
  },
  assume: {
    type: 'list',
    value: 'name=value',
    meaning: 'choose an assumption about undocumented behavior; repeatable',
  },
  tenants: {
    type: 'text',
    group: 'Many tenants',
    value: 'n',
    kind: 'number',
    meaning: 'number of tenants on one port, at tenant-1.localhost and so on',
    default: '1',
  },
  fleetFile: {
    type: 'text',
    group: 'Many tenants',
    value: 'file',
    kind: 'file',
    meaning: 'write a fleet file for these tenants',
  },
  apnsPort: {
    type: 'text',
    group: 'APNs',
    value: 'n',
    kind: 'number',
    meaning: 'port of the stand-in for APNs, 0 for any free port',
    default: "the tenant's port plus 1, or a free port",
  },
  apnsEnvironment: {
    type: 'choice',
    group: 'APNs',
    value: 'name',
    choices: ['production', 'sandbox'],
    meaning: 'APNs environment to stand in for',
    default: 'production',
  },
  apnsCa: {
    type: 'text',
    group: 'APNs',
    value: 'file',
    kind: 'file',
    meaning: "write the stand-in's CA to this file, PEM",
  },
} as const satisfies OptionTable;

export interface EmulatorOptions extends CommandOptions<typeof emulatorOptions> {}
