import type { Api } from './api.ts';
import type { Assumptions } from './assumptions.ts';
import { missingRight, successEnvelope } from './envelope.ts';
import { sendJson } from './http-messages.ts';
import type { Route } from './route.ts';
import type { Settings } from './settings.ts';

/** `/TenantConfig`: reads settings back, passwords included. The vendor does not document such an API. */
export function tenantConfigApis(
  settings: Settings,
  { 'advanced-config': pushSettings }: Assumptions,
): readonly Api[] {
  return [
    {
      path: '/TenantConfig/GetAdvancedConfig',
      right: 'manage-apns-certificates',
      call() {
        if (pushSettings === 'shut') throw missingRight();
        const told = pushSettings === 'open' ? settings.entries() : [];
        return { Results: told.map(([ID, Value]) => ({ Row: { ID, Value } })) };
      },
    },
  ];
}

/** `/SysInfo/About`, which needs no sign-in. */
export const aboutRoute: Route = {
  method: 'POST',
  path: '/SysInfo/About',
  answer: (_request, response) => sendJson(response, 200, successEnvelope({ Version: 'mfa-cli emulator' })),
};
