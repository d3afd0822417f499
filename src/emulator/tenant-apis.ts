import { CliError, type ErrorCode } from '../errors/cli-error.ts';
import type { Container, PushIdentity } from '../pkcs12/model.ts';
import { readPushIdentity } from '../pkcs12/push-identity.ts';
import { Secret } from '../text/secret.ts';
import { type AccessTokens, sessionTokenIn } from './access-tokens.ts';
import { type Api, api, type Call } from './api.ts';
import type { Assumptions } from './assumptions.ts';
import { tenantId } from './directory.ts';
import { badArgument, badCryptography, badFormat, missingRight, Refusal } from './envelope.ts';
import type { Parameters } from './parameters.ts';
import { newestKey, settingsFor } from './stored-certificates.ts';
import type { Setting, TenantState } from './tenant-state.ts';

/** Hears of each certificate that was set. */
export type OnSet = (clientAppKey: string, user: string) => void;

/** `/Mobile`: the push certificates, as settings of the tenant. */
export function mobileApis(
  state: TenantState,
  assumptions: Assumptions,
  onSet: OnSet,
): readonly Api[] {
  const terms = {
    takes: [assumptions['mobile-parameters']],
    right: 'manage-apns-certificates',
  } as const;
  return [
    api('/Mobile/SetApnsCertForClientApp', terms, async (call) => {
      const clientAppKey = await setCertificate(call.parameters, state, assumptions);
      onSet(clientAppKey, call.caller.user);
    }),
    api('/Mobile/DeleteApnsCertForClientApp', terms, ({ parameters }) =>
      deleteCertificate(parameters, state, assumptions),
    ),
  ];
}

/** @returns its client app key */
async function setCertificate(
  parameters: Parameters,
  state: TenantState,
  assumptions: Assumptions,
): Promise<string> {
  const clientAppKey = parameters.text('ClientAppKey');
  const certificate = parameters.text('APNSCert');
  const password = parameters.anyText('APNSPass');
  const topic = parameters.text('APNSTopic');
  await requireOpenable(certificate, password, assumptions);
  const names = settingsFor(clientAppKey);
  state.changeSettings({
    [newestKey]: clientAppKey,
    [names.certificate]: certificate,
    [names.password]: password,
    [names.topic]: topic,
  });
  return clientAppKey;
}

function deleteCertificate(
  parameters: Parameters,
  state: TenantState,
  assumptions: Assumptions,
): void {
  const settings = state.settings();
  const newest = settingIn(newestKey, settings);
  const fallback = assumptions['delete-default'] === 'latest' ? newest : undefined;
  const clientAppKey =
    parameters.optionalText('ClientAppKey') || fallback || parameters.text('ClientAppKey');
  const names = Object.values(settingsFor(clientAppKey));
  const isSet = settings.some(([name]) => names.includes(name));
  if (!isSet && assumptions['delete-absent'] === 'refused')
    throw badArgument('This client app key has no certificate.');
  const clearsNewest =
    assumptions['delete-old-key'] === 'pointer-cleared' || newest === clientAppKey;
  state.changeSettings({}, clearsNewest ? [newestKey, ...names] : names);
}

function settingIn(name: string, settings: readonly Setting[]): string | undefined {
  const found = settings.find(([known]) => known === name);
  return found?.[1];
}

/** Settings whose values a tenant probably never shows one by one. */
const secretNames = /_APNS(Cert|Pass)$/;
const pushNames = /^Mobile\.IosCustomApp\.|_APNSTopic$/;

/**
 * `/TenantConfig` and `/Core`: reading settings back, including passwords. The vendor
 * documents neither call.
 */
export function settingApis(state: TenantState, assumptions: Assumptions): readonly Api[] {
  const right = 'manage-apns-certificates';
  return [
    api('/TenantConfig/GetAdvancedConfig', right, () => readAllSettings(state, assumptions)),
    api('/Core/GetTenantConfig', { takes: ['json', 'query'], right }, ({ parameters }) =>
      readSetting(parameters, state, assumptions),
    ),
  ];
}

function readAllSettings(state: TenantState, assumptions: Assumptions): object {
  const visibility = assumptions['advanced-config'];
  if (visibility === 'shut') throw missingRight();
  const visible = visibility === 'open' ? state.settings() : [];
  return { Results: visible.map(([ID, Value]) => ({ Row: { ID, Value } })) };
}

function readSetting(
  parameters: Parameters,
  state: TenantState,
  assumptions: Assumptions,
): string | null {
  const key = parameters.text('key');
  const visibility = assumptions['tenant-config'];
  if (visibility === 'refused') throw missingRight();
  const isVisible = !secretNames.test(key) && (visibility === 'known' || !pushNames.test(key));
  const value = isVisible ? settingIn(key, state.settings()) : undefined;
  return value ?? parameters.optionalText('dflt');
}

/** Ways to end sign-ins. */
export interface SignInEnds {
  /** Ends all access tokens but no refresh tokens. */
  expireAccessTokens(): void;
  /** Ends everything issued so far. */
  revokeSessions(): void;
}

/**
 * `/SysInfo`, `/Security` and `/emulator`: the tenant's version, the signed-in user,
 * signing out, and ending all sign-ins.
 */
export function signInApis(accessTokens: AccessTokens, ends: SignInEnds): readonly Api[] {
  return [
    api('/SysInfo/About', { takes: [], right: 'open' }, () => ({ Version: 'mfa-cli emulator' })),
    api('/Security/WhoAmI', 'signed-in', describeCaller),
    api('/Security/Logout', 'signed-in', ({ request }) => {
      accessTokens.forget(sessionTokenIn(request) ?? '');
    }),
    api('/emulator/expire-tokens', 'manage-tenant', () => ends.expireAccessTokens()),
    api('/emulator/revoke-sessions', 'manage-tenant', () => ends.revokeSessions()),
  ];
}

function describeCaller({ caller }: Call): object {
  return { TenantId: tenantId, User: caller.user, UserUuid: caller.uuid };
}

const noCertificate = 'Cannot find the requested object.';
const wrongPassword = 'The specified network password is not correct.';

/** .NET's messages for a file that it cannot open. */
const dotnetMessages: Partial<Record<ErrorCode, string>> = {
  'pkcs12-not-recognized': noCertificate,
  'pkcs12-corrupt': 'ASN1 bad tag value met.',
  'pkcs12-password-incorrect': wrongPassword,
  'pkcs12-password-required': wrongPassword,
  'pkcs12-unsupported': 'Invalid algorithm specified.',
};

/**
 * Opens a .p12 like a .NET service: a certificate with its private key, of any kind and
 * date.
 * @throws {Refusal}
 */
async function requireOpenable(
  base64: string,
  password: string,
  assumptions: Assumptions,
): Promise<void> {
  const bytes = decodeBase64(base64);
  let identity: PushIdentity;
  try {
    identity = await readPushIdentity({ name: 'APNSCert', bytes }, new Secret(password));
  } catch (error) {
    const message = error instanceof CliError ? dotnetMessages[error.code] : undefined;
    if (message === undefined) throw error;
    throw badCryptography(message);
  }
  requireReadable(identity.container, assumptions);
  if (identity.certificate === null) throw badCryptography(noCertificate);
  if (!identity.paired) throw badCryptography('Keyset does not exist');
}

const maxIterations = 300_000;
const maxTotalIterations = 1_000_000;

/** Rejects files that an older or newer host cannot read. @throws {Refusal} */
function requireReadable(
  { encryption, mac, iterations }: Container,
  assumptions: Assumptions,
): void {
  const usesAes = encryption.some((scheme) => scheme.includes('AES'));
  if (usesAes && assumptions['p12-aes'] === 'unreadable') throw badCryptography(wrongPassword);
  const highest = Math.max(mac?.iterations ?? 0, iterations.highest);
  const isOverLimit = highest > maxIterations || iterations.total > maxTotalIterations;
  if (isOverLimit && assumptions['p12-iterations'] === 'limited')
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
