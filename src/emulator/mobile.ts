import { type Api, requireText } from './api.ts';
import { openCertificate } from './certificate.ts';
import { newestKey } from './push-certificate.ts';
import type { Settings } from './settings.ts';

/** `/Mobile`: the push certificates, as settings of the tenant. */
export function mobileApis(settings: Settings): readonly Api[] {
  return [
    {
      path: '/Mobile/SetApnsCertForClientApp',
      right: 'manage-apns-certificates',
      async call({ parameters }) {
        const key = requireText(parameters, 'ClientAppKey');
        const certificate = requireText(parameters, 'APNSCert');
        const password = requireText(parameters, 'APNSPass', true);
        const topic = requireText(parameters, 'APNSTopic');
        await openCertificate(certificate, password);
        settings.change({
          set: {
            [newestKey]: key,
            [`${key}_APNSCert`]: certificate,
            [`${key}_APNSPass`]: password,
            [`${key}_APNSTopic`]: topic,
          },
        });
        return null;
      },
    },
    {
      /** Succeeds for a key that was never set, too: what the vendor answers then is not known. */
      path: '/Mobile/DeleteApnsCertForClientApp',
      right: 'manage-apns-certificates',
      call({ parameters }) {
        const key = requireText(parameters, 'ClientAppKey');
        const isNewest = settings.entries().some(([name, value]) => name === newestKey && value === key);
        const own = [`${key}_APNSCert`, `${key}_APNSPass`, `${key}_APNSTopic`];
        settings.change({ remove: isNewest ? [newestKey, ...own] : own });
        return null;
      },
    },
  ];
}
