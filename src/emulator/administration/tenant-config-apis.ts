import { type Api, optionalText, requireText } from '../api.ts';
import type { Settings } from '../settings.ts';

/** `/Core`: one setting of the tenant. */
export function tenantConfigEntryApis(settings: Settings): readonly Api[] {
  return [
    {
      path: '/Core/GetTenantConfig',
      takes: ['json', 'query'],
      right: 'manage-apns-certificates',
      call({ parameters }) {
        const key = requireText(parameters, 'key');
        const [, value] = settings.entries().find(([name]) => name === key) ?? [];
        return value ?? optionalText(parameters, 'dflt');
      },
    },
    {
      path: '/Core/SetTenantConfig',
      takes: ['json', 'query'],
      right: 'manage-tenant',
      call({ parameters }) {
        settings.change({
          set: { [requireText(parameters, 'key')]: requireText(parameters, 'value', true) },
        });
        return null;
      },
    },
  ];
}
