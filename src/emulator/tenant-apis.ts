import { CliError, type ErrorCode } from '../errors/cli-error.ts';
import type { Container, PushIdentity } from '../pkcs12/model.ts';
import { readPushIdentity } from '../pkcs12/push-identity.ts';
import { Secret } from '../text/secret.ts';
import { type AccessTokens, readSession } from './access-tokens.ts';
import { type Api, api } from './api.ts';
import type { Assumptions } from './assumptions.ts';
import { tenantId } from './directory.ts';
import { badArgument, badCryptography, badFormat, missingRight, Refusal } from './envelope.ts';
import { newestKey } from './push.ts';
import type { Settings } from './settings.ts';

/** `/Mobile`: the push certificates, as settings of the tenant. */
export function mobileApis(
  settings: Settings,
  assumptions: Assumptions,
  noteSet: (clientAppKey: string, user: string) => void,
): readonly Api[] {
  const terms = {
    takes: [assumptions['mobile-parameters']],
    right: 'manage-apns-certificates',
  } as const;
  const namesOf = (key: string) =>
    [`${key}_APNSCert`, `${key}_APNSPass`, `${key}_APNSTopic`] as const;
  return [
    api('/Mobile/SetApnsCertForClientApp', terms, async ({ text, anyText, caller }) => {
      const [key, certificate] = [text('ClientAppKey'), text('APNSCert')];
      const [password, topic] = [anyText('APNSPass'), text('APNSTopic')];
      await openCertificate(certificate, password, assumptions);
      const [cert, pass, app] = namesOf(key);
      settings.change({ [newestKey]: key, [cert]: certificate, [pass]: password, [app]: topic });
      noteSet(key, caller.user);
    }),
    api('/Mobile/DeleteApnsCertForClientApp', terms, ({ text, optionalText }) => {
      const entries = settings.entries();
      const [, latest] = entries.find(([name]) => name === newestKey) ?? [];
      const byDefault = assumptions['delete-default'] === 'latest' ? latest : undefined;
      const key = optionalText('ClientAppKey') || byDefault || text('ClientAppKey');
      const clears = assumptions['delete-old-key'] === 'pointer-cleared' || latest === key;
      const own: readonly string[] = namesOf(key);
      if (
        assumptions['delete-absent'] === 'refused' &&
        !entries.some(([name]) => own.includes(name))
      )
        throw badArgument('This client app key has no certificate.');
      settings.change({}, clears ? [newestKey, ...own] : own);
    }),
  ];
}

/** Settings whose values a tenant probably never shows one by one. */
const secret = /_APNS(Cert|Pass)$/;
const push = /^Mobile\.IosCustomApp\.|_APNSTopic$/;

/** `/TenantConfig` and `/Core`: reading settings back, including passwords. The vendor documents neither call. */
export function settingApis(
  settings: Settings,
  { 'advanced-config': all, 'tenant-config': single }: Assumptions,
): readonly Api[] {
  const right = 'manage-apns-certificates';
  return [
    api('/TenantConfig/GetAdvancedConfig', right, () => {
      if (all === 'shut') throw missingRight();
      const told = all === 'open' ? settings.entries() : [];
      return { Results: told.map(([ID, Value]) => ({ Row: { ID, Value } })) };
    }),
    api('/Core/GetTenantConfig', { takes: ['json', 'query'], right }, ({ text, optionalText }) => {
      const key = text('key');
      if (single === 'refused') throw missingRight();
      const isTold = !secret.test(key) && (single === 'known' || !push.test(key));
      const [, value] = settings.entries().find(([name]) => isTold && name === key) ?? [];
      return value ?? optionalText('dflt');
    }),
  ];
}

/** End all access tokens but not refresh tokens; and everything issued so far. */
export type SignInEnds = Readonly<Record<'expireAccessTokens' | 'revokeSessions', () => void>>;

/** `/SysInfo`, `/Security` and `/emulator`: the tenant's version, the signed-in user, signing out, and ending all sign-ins. */
export function signInApis(accessTokens: AccessTokens, ends: SignInEnds): readonly Api[] {
  return [
    api('/SysInfo/About', { takes: [], right: 'open' }, () => ({ Version: 'mfa-cli emulator' })),
    api('/Security/WhoAmI', null, ({ caller }) => ({
      ...{ TenantId: tenantId, User: caller.user, UserUuid: caller.uuid },
    })),
    api(
      '/Security/Logout',
      null,
      ({ request }) => void accessTokens.forget(readSession(request) ?? ''),
    ),
    api('/emulator/expire-tokens', 'manage-tenant', ends.expireAccessTokens),
    api('/emulator/revoke-sessions', 'manage-tenant', ends.revokeSessions),
  ];
}

const noCertificate = 'Cannot find the requested object.';
const wrongPassword = 'The specified network password is not correct.';

/** .NET's messages for a file that it cannot open; a wrong password and damage have the same one. */
const dotnetWords: Partial<Record<ErrorCode, string>> = {
  'pkcs12-not-recognized': noCertificate,
  'pkcs12-corrupt': 'ASN1 bad tag value met.',
  'pkcs12-password-incorrect': wrongPassword,
  'pkcs12-password-required': wrongPassword,
  'pkcs12-unsupported': 'Invalid algorithm specified.',
};

/** Opens a .p12 like a .NET service: a certificate with its private key, of any kind and date. @throws {Refusal} */
async function openCertificate(
  base64: string,
  password: string,
  assumptions: Assumptions,
): Promise<void> {
  const bytes = decodeBase64(base64);
  let identity: PushIdentity;
  try {
    identity = await readPushIdentity({ name: 'APNSCert', bytes }, new Secret(password));
  } catch (error) {
    const words = error instanceof CliError ? dotnetWords[error.code] : undefined;
    if (words === undefined) throw error;
    throw badCryptography(words);
  }
  requireReadable(identity.container, assumptions);
  if (identity.certificate === null) throw badCryptography(noCertificate);
  if (!identity.paired) throw badCryptography('Keyset does not exist');
}

/** Rejects files that an older or newer host cannot read. @throws {Refusal} */
function requireReadable(
  { encryption, mac, iterations }: Container,
  assumptions: Assumptions,
): void {
  if (
    assumptions['p12-aes'] === 'unreadable' &&
    encryption.some((scheme) => scheme.includes('AES'))
  )
    throw badCryptography(wrongPassword);
  const highest = Math.max(mac?.iterations ?? 0, iterations.highest);
  const isExceeded = highest > 300_000 || iterations.total > 1_000_000;
  if (isExceeded && assumptions['p12-iterations'] === 'limited')
    throw new Refusal(
      'System.Security.Cryptography.X509Certificates.Pkcs12LoadLimitExceededException',
      "The PKCS#12/PFX violated the 'TotalKdfIterationLimit' limit.",
    );
}

/** Ignores white space, like .NET; everything else must be valid. @throws {Refusal} */
export function decodeBase64(text: string): Uint8Array {
  const digits = text.replace(/[ \t\r\n]/g, '');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(digits) || digits.length % 4 !== 0)
    throw badFormat('The input is not a valid Base-64 string.');
  return Buffer.from(digits, 'base64');
}
