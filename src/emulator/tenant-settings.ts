import type { Api } from './api.ts';
import { successEnvelope } from './envelope.ts';
import { sendJson } from './exchange.ts';
import type { Route } from './route.ts';
import type { Settings } from './settings.ts';

/** `/TenantConfig`: reads back what was set, passwords included. The vendor documents no such API. */
export function tenantConfigApis(settings: Settings): readonly Api[] {
  return [
    {
      path: '/TenantConfig/GetAdvancedConfig',
      right: 'manage-apns-certificates',
      call: () => ({ Results: settings.entries().map(([ID, Value]) => ({ Row: { ID, Value } })) }),
    },
  ];
}

/** `/SysInfo/About`, which wants no sign-in. */
export const aboutRoute: Route = {
  method: 'POST',
  path: '/SysInfo/About',
  answer: (_request, response) => sendJson(response, 200, successEnvelope({ Version: 'mfa-cli emulator' })),
};
