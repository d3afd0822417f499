import type { AccessTokens } from './access-tokens.ts';
import { type Api, optionalText, requireText } from './api.ts';
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

/** `/Security`: who is signed in, and signing out. */
export function securityApis(accessTokens: AccessTokens): readonly Api[] {
  return [
    {
      path: '/Security/WhoAmI',
      right: null,
      call: ({ caller }) => ({ TenantId: tenantId, User: caller.user, UserUuid: caller.uuid }),
    },
    {
      path: '/Security/Logout',
      right: null,
      call({ token }) {
        accessTokens.forget(token);
        return null;
      },
    },
  ];
}

/** What ends the sign-ins of a tenant. */
export interface SignInEnds {
  /** From then on no access token issued so far is valid; refresh tokens are. */
  expireAccessTokens(): void;
  /** From then on nothing issued so far is valid. */
  revokeSessions(): void;
}

/** `/emulator`: what time, or an administrator, does to everybody's sign-in. */
export function signInEndApis({ expireAccessTokens, revokeSessions }: SignInEnds): readonly Api[] {
  const api = (path: string, act: () => void): Api => ({
    path,
    right: 'manage-tenant',
    call() {
      act();
      return null;
    },
  });
  return [
    api('/emulator/expire-tokens', expireAccessTokens),
    api('/emulator/revoke-sessions', revokeSessions),
  ];
}
