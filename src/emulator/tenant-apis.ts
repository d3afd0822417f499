import type { AccessTokens } from './access-tokens.ts';
import { type Api, api } from './api.ts';
import type { Assumptions } from './assumptions.ts';
import { openCertificate } from './certificate.ts';
import { tenantId } from './directory.ts';
import { missingRight, Refusal, successEnvelope } from './envelope.ts';
import { type Route, sendJson } from './http.ts';
import { newestKey } from './push.ts';
import type { Settings } from './settings.ts';

/** `/Mobile`: the push certificates, as settings of the tenant. */
export function mobileApis(
  settings: Settings,
  assumptions: Assumptions,
  noteSet: (clientAppKey: string, user: string) => void,
): readonly Api[] {
  const terms = { takes: [assumptions['mobile-parameters']], right: 'manage-apns-certificates' } as const;
  return [
    api('/Mobile/SetApnsCertForClientApp', terms, async ({ text, anyText, caller }) => {
      const [key, certificate] = [text('ClientAppKey'), text('APNSCert')];
      const [password, topic] = [anyText('APNSPass'), text('APNSTopic')];
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
    }),
    api('/Mobile/DeleteApnsCertForClientApp', terms, ({ text }) => {
      const key = text('ClientAppKey');
      const entries = settings.entries();
      const isNewest = entries.some(([name, value]) => name === newestKey && value === key);
      const own = [`${key}_APNSCert`, `${key}_APNSPass`, `${key}_APNSTopic`];
      if (assumptions['delete-absent'] === 'refused' && !entries.some(([name]) => own.includes(name)))
        throw new Refusal('System.ArgumentException', 'There is no certificate for this client app key.');
      settings.change({ remove: isNewest ? [newestKey, ...own] : own });
    }),
  ];
}

/** Settings whose values no tenant is likely to reveal one by one. */
const secret = /_APNS(Cert|Pass)$/;
const push = /^Mobile\.IosCustomApp\.|_APNSTopic$/;

/** `/TenantConfig` and `/Core`: settings read back, passwords included, and set. The vendor documents none of these calls. */
export function settingApis(
  settings: Settings,
  { 'advanced-config': all, 'tenant-config': single }: Assumptions,
): readonly Api[] {
  const takes = ['json', 'query'] as const;
  return [
    api('/TenantConfig/GetAdvancedConfig', 'manage-apns-certificates', () => {
      if (all === 'shut') throw missingRight();
      const told = all === 'open' ? settings.entries() : [];
      return { Results: told.map(([ID, Value]) => ({ Row: { ID, Value } })) };
    }),
    api('/Core/GetTenantConfig', { takes, right: 'manage-apns-certificates' }, ({ text, optionalText }) => {
      const key = text('key');
      if (single === 'refused') throw missingRight();
      const isTold = !secret.test(key) && (single === 'known' || !push.test(key));
      const [, value] = settings.entries().find(([name]) => isTold && name === key) ?? [];
      return value ?? optionalText('dflt');
    }),
    api('/Core/SetTenantConfig', { takes, right: 'manage-tenant' }, ({ text, anyText }) =>
      settings.change({ set: { [text('key')]: anyText('value') } }),
    ),
  ];
}

/** `/SysInfo/About`, which needs no sign-in. */
export const aboutRoute: Route = {
  method: 'POST',
  path: '/SysInfo/About',
  answer: (_request, response) => sendJson(response, 200, successEnvelope({ Version: 'mfa-cli emulator' })),
};

/** What ends the sign-ins of a tenant. */
export interface SignInEnds {
  /** From then on no access token issued so far is valid; refresh tokens are. */
  expireAccessTokens(): void;
  /** From then on nothing issued so far is valid. */
  revokeSessions(): void;
}

/** `/Security` and `/emulator`: who is signed in, signing out, and what ends everybody's sign-in. */
export function signInApis(accessTokens: AccessTokens, ends: SignInEnds): readonly Api[] {
  return [
    api('/Security/WhoAmI', null, ({ caller }) => ({
      TenantId: tenantId,
      User: caller.user,
      UserUuid: caller.uuid,
    })),
    api('/Security/Logout', null, ({ token }) => void accessTokens.forget(token)),
    api('/emulator/expire-tokens', 'manage-tenant', ends.expireAccessTokens),
    api('/emulator/revoke-sessions', 'manage-tenant', ends.revokeSessions),
  ];
}
