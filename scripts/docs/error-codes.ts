import type { ErrorCode, FactsOf } from '../../src/errors/entries.ts';

/** The words of docs/errors.md about a code. */
interface CodeWords<Code extends ErrorCode> {
  /** One sentence or more. */
  readonly cause: string;
  /** Facts that together bring out every hint of the code; capitals are placeholders. */
  readonly examples: readonly FactsOf<Code>[];
}

type Words = { readonly [Code in ErrorCode]: CodeWords<Code> };

const location = {
  appId: 'ID',
  clientId: 'CLIENT',
  scope: 'SCOPE',
  redirectUri: 'http://127.0.0.1:8400/callback',
  identityHost: 'HOST',
};

/** Every code. A missing one does not compile. */
export const errorCodes: Words = {
  'internal-error': {
    cause: 'mfa-cli has a bug.',
    examples: [{}],
  },
  usage: {
    cause:
      'The command line or a setting is wrong: an unknown command or option, a missing or malformed value, or two options that cannot be used together.',
    examples: [
      { option: '--OPTION VALUE', variable: 'MFA_CLI_VARIABLE' },
      { lacks: ['tenant', 'credentials', 'p12', 'password', 'key', 'yes'] },
      { secret: 'password' },
      { secret: 'token' },
      { secret: 'client-secret' },
      { command: ['mfa-cli', 'COMMAND'] },
    ],
  },
  'prompt-unavailable': {
    cause:
      'The command needs an answer, and there is no terminal, or `--no-input` or `CI` forbids prompts.',
    examples: [
      { secret: 'password' },
      { secret: 'administrator' },
      { option: '--OPTION VALUE' },
      {},
    ],
  },
  'file-exists': {
    cause: 'The file to write already exists. mfa-cli does not replace it unasked.',
    examples: [{}, { option: '--OPTION FILE' }],
  },
  'fleet-untrusted': {
    cause:
      'You have not trusted this fleet file, or its content has changed since. The lines below the message show what it runs, reads and sends.',
    examples: [
      { review: true, remedy: ['chmod', 'go-w', 'mfa-fleet.yaml'] },
      { ownerless: '/DIRECTORY' },
    ],
  },
  'fleet-file-invalid': {
    cause: 'The fleet file has faults. The message lists each of them with its line and column.',
    examples: [{}],
  },
  'plan-changed': {
    cause:
      'The saved plan is no longer valid: it has expired, its hash is not the approved one, or the changes would differ. The message names each difference. Nothing was sent.',
    examples: [{}],
  },
  interrupted: {
    cause:
      'You pressed Ctrl-C or answered "no", or a signal ended the command. The exit code is 143 after SIGTERM and 129 after SIGHUP.',
    examples: [{}],
  },
  'file-not-found': {
    cause: 'The file does not exist.',
    examples: [{ init: ['mfa-cli', 'fleet', 'init'] }, { renewal: 'mfa-renew.json' }],
  },
  'file-unreadable': {
    cause:
      'The file exists, but mfa-cli cannot read it, or other users may write to it or to a directory on the way. The same code stands for a program that should print a secret and failed.',
    examples: [
      { denied: true },
      { remedy: ['chmod', 'go-w', 'FILE'] },
      { directory: '--OPTION' },
      { own: 'config.json' },
      { profile: 'NAME' },
      { ownerless: '/DIRECTORY' },
      { renewal: 'mfa-renew.json' },
    ],
  },
  'file-unwritable': {
    cause:
      'mfa-cli cannot write the file: a missing right, a full disk, a lock, or a directory that other users may write to.',
    examples: [
      { system: 'denied' },
      { system: 'full' },
      { system: 'read-only' },
      { store: 'unwritable', system: 'denied' },
      { store: 'shared' },
      { store: 'busy' },
      { directory: '--OPTION' },
      { link: true },
      { lock: 'FILE.lock', holder: 'HOST' },
      { remedy: ['chmod', 'go-w', 'DIRECTORY'] },
      { ownerless: '/DIRECTORY' },
    ],
  },
  'file-too-large': {
    cause: 'The file is larger than mfa-cli reads: 1 MiB for a .p12.',
    examples: [{ input: 'p12' }],
  },
  'pkcs12-not-recognized': {
    cause: 'The file is not PKCS #12. The message says what it looks like.',
    examples: [
      { kind: 'certificate', path: 'aps.cer' },
      { kind: 'key', path: 'KEY' },
      { kind: 'certificate-and-key', path: 'both.pem' },
      { kind: 'request', path: 'request.csr' },
      { kind: 'base64', path: 'cert.txt' },
      { encoding: 'base64' },
      { kind: 'auth-key', path: 'AuthKey.p8' },
      { kind: 'damaged' },
      { kind: 'web-page' },
      { kind: 'provisioning-profile' },
      { kind: 'other' },
    ],
  },
  'pkcs12-corrupt': {
    cause: 'The file begins like PKCS #12, but it is damaged or incomplete.',
    examples: [{}],
  },
  'pkcs12-password-incorrect': {
    cause:
      'The password does not open the file. A damaged file can look the same, because PKCS #12 cannot distinguish the two.',
    examples: [
      {
        secretSource: 'MFA_CLI_P12_PASSWORD',
        oddities: [
          'p12',
          'not-utf-8',
          'byte-order-mark',
          'quotes',
          'lines',
          'line-break',
          'blanks',
        ],
      },
    ],
  },
  'pkcs12-password-required': {
    cause: 'The password is empty, and the file needs one.',
    examples: [{}, { isInFleet: true }],
  },
  'pkcs12-unsupported': {
    cause:
      'The file uses an algorithm or a cost that mfa-cli does not support, or lacks the private key that APNs needs.',
    examples: [{}, { missing: 'private key' }],
  },
  'certificate-not-recognized': {
    cause: 'The file for the certificate contains none.',
    examples: [{}, { p12: 'cert.p12' }],
  },
  'key-not-recognized': {
    cause: 'The file for the key contains no key that mfa-cli can use.',
    examples: [{}, { wanted: 'pkcs8' }, { wanted: 'p8' }],
  },
  'key-password-incorrect': {
    cause: 'The password does not open the private key.',
    examples: [{}],
  },
  'project-not-recognized': {
    cause: 'The path has no Xcode project and no built app.',
    examples: [{}],
  },
  'app-unreadable': {
    cause:
      'The file is not an app that Xcode built, or it is damaged, encrypted or larger than mfa-cli reads.',
    examples: [{}],
  },
  'keychain-unavailable': {
    cause: 'The session is in the keychain, or should be, and the keychain cannot be used.',
    examples: [
      { keychain: 'locked' },
      { keychain: 'none' },
      { keychain: 'package' },
      { keychain: 'foreign' },
      { keychain: 'library' },
      { keychain: 'runtime' },
    ],
  },
  'not-signed-in': {
    cause: 'There is no session for this tenant and profile.',
    examples: [
      {},
      { override: 'MFA_CLI_TOKEN' },
      { fleet: { profile: 'NAME', tenant: 'HOST' } },
      { fleet: 'secret' },
    ],
  },
  'session-expired': {
    cause:
      'The tenant no longer accepts the session and does not renew it, or less time is left than `whoami --min-ttl` demands.',
    examples: [
      {},
      { session: 'env' },
      { session: 'client-credentials' },
      { session: 'administrator' },
      { step: 'role', right: 'RIGHT' },
    ],
  },
  'sign-in-failed': {
    cause: 'The sign-in failed, or the tenant rejected it. The hint depends on its reason.',
    examples: [
      { port: 8400 },
      { ...location, cause: 'application' },
      { ...location, cause: 'application', isServiceUser: true },
      { ...location, cause: 'client' },
      { ...location, cause: 'secret' },
      { ...location, cause: 'scope' },
      { ...location, cause: 'redirect' },
      { ...location, cause: 'grant' },
      { ...location, cause: 'factor' },
      { ...location, cause: 'mechanism' },
      { ...location, cause: 'host' },
      { ...location, cause: 'address' },
    ],
  },
  'sign-in-timed-out': {
    cause: 'Nobody finished the sign-in in time.',
    examples: [{}, { awaited: 'sign-in' }, { awaited: 'factor' }],
  },
  'sign-in-denied': {
    cause: 'A person or the tenant denied the sign-in.',
    examples: [{}, { ...location, cause: 'user' }],
  },
  'sign-in-other-user': {
    cause: 'Somebody other than the expected user signed in. Nothing was stored.',
    examples: [{}],
  },
  'tenant-refused': {
    cause:
      "The tenant answered and rejected the request. The message has the tenant's words, and its `MessageID` and `ErrorID` if it sent them.",
    examples: [
      { tried: ['json', 'form'] },
      { form: 'untried' },
      { answer: 'page' },
      { lacks: 'password', file: { path: 'cert.p12', findings: [] } },
      { file: { path: 'cert.p12', findings: ['key-mismatch'] } },
      { file: { path: 'cert.p12', findings: ['encryption-modern', 'iterations-high'] } },
      { step: 'role' },
    ],
  },
  'tenant-forbidden': {
    cause: 'The user lacks an administrative right, or the scope of the application is too small.',
    examples: [
      {},
      { lacks: 'scope', path: '/Mobile/SetApnsCertForClientApp' },
      { lacks: 'scope', path: '/Core/GetTenantConfig' },
      { lacks: 'scope', path: '/OTHER/CALL' },
      { lacks: 'devices' },
      { step: 'role', right: 'RIGHT' },
    ],
  },
  'proof-missing': {
    cause:
      'The canary has the certificate, and no push with it was approved in a confirmed app yet. The other tenants were not changed.',
    examples: [{}],
  },
  'proof-failed': {
    cause:
      'The certificate is set, and the push sign-in that should prove it was not approved. The report gives its outcome.',
    examples: [{}],
  },
  'tenant-changed': {
    cause: 'Somebody changed the OAuth application between the plan of `bootstrap` and its write.',
    examples: [{}],
  },
  'rate-limited': {
    cause: 'The tenant received too many requests (HTTP 429).',
    examples: [{}],
  },
  'tenant-unreachable': {
    cause: 'No connection to the tenant: an unknown host, a refused connection, or a proxy.',
    examples: [{}, { bareHost: 'abc1234' }, { portal: true }],
  },
  'tenant-timeout': {
    cause:
      'The tenant did not answer in time. If a change may have arrived, the code is `outcome-unknown` instead.',
    examples: [{}],
  },
  'tenant-tls': {
    cause: "TLS failed, usually because this machine does not trust the server's certificate.",
    examples: [{}, { port: 'wrong' }],
  },
  'tenant-not-json': {
    cause: 'The answer is not the answer of an identity tenant, for example a web page.',
    examples: [{}, { answered: 'sign-in' }, { answered: 'before' }, { portal: true }],
  },
  'listener-not-yours': {
    cause:
      "A program of another user, or of an owner that the system does not name, listens at the tenant's loopback address. Nothing was sent.",
    examples: [{ listener: 'unknown' }],
  },
  'outcome-unknown': {
    cause:
      'A request that changes the tenant was sent, and no answer came. The tenant may have carried it out. If a signal ended the wait, the exit code is 129, 130 or 143.',
    examples: [{ idempotent: true }, { idempotent: false }, { host: 'unproven', step: 'role' }],
  },
  'issuer-failed': {
    cause: 'The program of `apns renew --issuer` could not be started, or failed.',
    examples: [{ started: false }, { started: true }],
  },
  'tenant-redirected': {
    cause: 'The tenant answered with a redirect. mfa-cli does not follow it.',
    examples: [{ place: 'own' }, { place: 'other' }],
  },
  'apns-unreachable': {
    cause: 'No connection to APNs: a firewall, a proxy, or a wrong `--apns-host`.',
    examples: [{}, { proxyStatus: 403, skip: '--no-verify' }],
  },
  'apns-timeout': {
    cause: 'APNs did not answer in time.',
    examples: [{}],
  },
  'apns-tls': {
    cause: 'TLS with APNs failed, usually because something in between inspects TLS.',
    examples: [{}, { port: 'wrong' }],
  },
  'apns-not-http2': {
    cause: 'The server does not speak HTTP/2, so it is not APNs.',
    examples: [{}],
  },
};
