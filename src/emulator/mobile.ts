import { type Api, requireText } from './api.ts';
import type { Assumptions } from './assumptions.ts';
import { openCertificate } from './certificate.ts';
import { Refusal } from './envelope.ts';
import { newestKey } from './push-sender.ts';
import type { Settings } from './settings.ts';

/** `/Mobile`: the push certificates, as settings of the tenant. */
export function mobileApis(
  settings: Settings,
  assumptions: Assumptions,
  noteSet: (clientAppKey: string, user: string) => void,
): readonly Api[] {
  const takes = [assumptions['mobile-parameters']];
  return [
    {
      path: '/Mobile/SetApnsCertForClientApp',
      takes,
      right: 'manage-apns-certificates',
      async call({ parameters, caller }) {
        const key = requireText(parameters, 'ClientAppKey');
        const certificate = requireText(parameters, 'APNSCert');
        const password = requireText(parameters, 'APNSPass', true);
        const topic = requireText(parameters, 'APNSTopic');
        await openCertificate(certificate, password, assumptions);
        settings.change({
          set: {
            [newestKey]: key,
            [`${key}_APNSCert`]: certificate,
            [`${key}_APNSPass`]: password,
            [`${key}_APNSTopic`]: topic,
          },
        });
        noteSet(key, caller.user);
        return null;
      },
    },
    {
      path: '/Mobile/DeleteApnsCertForClientApp',
      takes,
      right: 'manage-apns-certificates',
      call({ parameters }) {
        const key = requireText(parameters, 'ClientAppKey');
        const isNewest = settings.entries().some(([name, value]) => name === newestKey && value === key);
        const own = [`${key}_APNSCert`, `${key}_APNSPass`, `${key}_APNSTopic`];
        if (
          assumptions['delete-absent'] === 'refused' &&
          !settings.entries().some(([name]) => own.includes(name))
        )
          throw new Refusal('System.ArgumentException', 'There is no certificate for this client app key.');
        settings.change({ remove: isNewest ? [newestKey, ...own] : own });
        return null;
      },
    },
  ];
}
