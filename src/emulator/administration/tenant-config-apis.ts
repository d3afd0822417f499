import { type Api, optionalText, requireText } from '../api.ts';
import type { Assumptions } from '../assumptions.ts';
import { missingRight } from '../envelope.ts';
import type { Settings } from '../settings.ts';

/** Settings whose values no tenant is likely to reveal one by one. */
const secret = /_APNS(Cert|Pass)$/;
const push = /^Mobile\.IosCustomApp\.|_APNSTopic$/;

/** `/Core`: one tenant setting. The vendor documents neither call. */
export function tenantConfigEntryApis(
  settings: Settings,
  { 'tenant-config': pushSettings }: Assumptions,
): readonly Api[] {
  return [
    {
      path: '/Core/GetTenantConfig',
      takes: ['json', 'query'],
      right: 'manage-apns-certificates',
      call({ parameters }) {
        const key = requireText(parameters, 'key');
        if (pushSettings === 'refused') throw missingRight();
        const isTold = !secret.test(key) && (pushSettings === 'known' || !push.test(key));
        const [, value] = settings.entries().find(([name]) => isTold && name === key) ?? [];
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
