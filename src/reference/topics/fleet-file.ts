import { type Entry, fitted, formatEntries } from '../../text/layout.ts';

/** A file with one of everything. */
export const fleetExample = `version: 1
defaults: { environment: production, warn-days: 45 }
certificates:
  app:
    p12: certs/app.p12
    password: { env: APP_P12_PASSWORD }
    topic: com.example.app
tenants:
  acme:
    tenant: abc1234.id.cyberark.cloud
    certificate: app
    client-app-key: com.example.app
    sign-in: { client-id: ci@acme, client-secret: { file: acme.secret } }
    labels: { region: eu, ring: canary }
  globex:
    tenant: sso.globex.example
    certificate: null
    client-app-key: com.example.app
    sign-in: { profile: globex }
`;

const keys: readonly Entry[] = [
  ['version', '1'],
  ['defaults', 'environment of every certificate; warn-days: how many days before its expiry to warn'],
  ['certificates', 'by a name of letters, digits, . _ and -'],
  ['  p12', 'path of the .p12, or { env: VARIABLE } with its base64'],
  ['  password', 'where its password is; without this key the file opens without one'],
  ['  topic', 'topic to set; default: the bundle ID of the certificate'],
  ['  environment', 'production or sandbox: what the certificate has to serve'],
  ['tenants', 'by a name of the same letters'],
  ['  tenant', 'address of the tenant'],
  ['  certificate', 'name of one of the certificates; null: the tenant is to have none'],
  ['  client-app-key', 'key of the client app; default: the topic'],
  ['  sign-in', 'profile: NAME of this machine'],
  ['', 'client-id and client-secret of a service user, with app-id, scope, platform-token where they differ'],
  ['', 'token: where an access token is'],
  ['  labels', 'names and texts that --label selects by'],
];

const secrets: readonly Entry[] = [
  ['{ env: VARIABLE }', 'the variable holds it'],
  ['{ file: PATH }', 'the file holds it; one line break at its end does not count'],
  [
    '{ command: [PROGRAM, ARGUMENT] }',
    'the program prints it on stdout; run without a shell, it has as long as --timeout says, 30 seconds by default',
  ],
];

const selecting: readonly Entry[] = [
  ['--only NAME …', 'these tenants'],
  ['--label KEY=VALUE …', 'tenants that have all of these labels'],
  [
    '--shard I/N',
    'one of N parts, I from 0 on; else MFA_CLI_SHARD, else JOB_COMPLETION_INDEX with MFA_CLI_SHARDS. The name alone decides the part',
  ],
];

/** `mfa-cli help fleet-file`. */
export function fleetFilePage(columns: number): string {
  const list = (entries: readonly Entry[]): string => formatEntries(entries, columns, '  ');
  const text = (...sentences: readonly string[]): string => `${fitted(sentences.join(' '), columns)}\n`;
  const indented = fleetExample.replaceAll(/^(?=.)/gm, '  ');
  return [
    'The fleet file: what push certificate each tenant is to have.\n',
    text(
      'It is YAML 1.2 or JSON, at most 64 MiB, mfa-fleet.yaml by default.',
      '`mfa-cli fleet init` writes one of what this machine knows.',
      'Paths in it are relative to it. Every fault is told at once, with line and column.',
    ),
    indented,
    list(keys),
    text(
      'No secret stands in the file. Where one belongs (password, client-secret, token), the file says where it is:',
    ),
    list(secrets),
    text(
      'The file decides what runs and which secret goes where, so it is used once somebody has agreed to that: at a terminal you are shown',
      'it and asked, and later only about what differs. In a pipeline MFA_CLI_TRUST_FLEET is the hash that `mfa-cli fleet plan --json` tells',
      'as trust; --trust trusts whatever it says. The file, its record and the folders above are yours or',
      "root's, and nobody else may write to them.",
    ),
    text('Options of fleet plan, apply and status that select tenants:'),
    list(selecting),
    text(
      'Anchors, aliases and merge keys (<<) may be used, and keys at the top that begin with x- as a place for them.',
      'Editors know the format by schema/fleet.schema.json of the package.',
    ),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n');
}
