import { type Entry, fitted, formatEntries } from '../../text/layout.ts';

/** A file with one of each key. */
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
  ['defaults', 'environment of every certificate; warn-days: days before expiry to warn'],
  ['certificates', 'by name: letters, digits, . _ and -'],
  ['  p12', 'path of the .p12, or { env: VARIABLE } with its content in base64'],
  ['  password', 'source of its password; omit the key if the file has none'],
  ['  topic', 'topic to set; default: the bundle ID of the certificate'],
  ['  owner, ticket', 'whose it is, and the ticket of the change, for the ledger; free text'],
  ['  fingerprint', 'its SHA-256: apply refuses any other; with a topic, plan needs no key'],
  ['  environment', 'production or sandbox, which the certificate must serve'],
  ['tenants', 'by name, with the same characters'],
  ['  tenant', 'address of the tenant'],
  ['  certificate', 'name of a certificate; null: the tenant must have none'],
  ['  client-app-key', 'client app key; default: the topic'],
  ['  sign-in', 'profile: NAME, a profile of this machine'],
  [
    '',
    'or client-id and client-secret of a service user; app-id, scope and platform-token if not the default',
  ],
  ['', 'or token: source of an access token'],
  ['  labels', 'names and values for --label'],
];

const secrets: readonly Entry[] = [
  ['{ env: VARIABLE }', 'the variable contains the secret'],
  ['{ file: PATH }', 'the file contains the secret; one line break at its end is ignored'],
  [
    '{ command: [PROGRAM, ARGUMENT] }',
    'the program prints the secret on stdout; it runs without a shell, for at most --timeout seconds, 30 by default',
  ],
];

const selecting: readonly Entry[] = [
  ['--only NAME …', 'only these tenants'],
  ['--label KEY=VALUE …', 'only tenants with all of these labels'],
  [
    '--shard I/N',
    'part I of N, counting from 0; else MFA_CLI_SHARD, else JOB_COMPLETION_INDEX with ' +
      "MFA_CLI_SHARDS. The tenant's name and N decide its part",
  ],
];

/** `mfa-cli help fleet-file`. */
export function fleetFilePage(columns: number): string {
  const list = (entries: readonly Entry[]): string => formatEntries(entries, columns, '  ');
  const text = (...sentences: readonly string[]): string =>
    `${fitted(sentences.join(' '), columns)}\n`;
  const indented = fleetExample.replaceAll(/^(?=.)/gm, '  ');
  return [
    'The fleet file declares the push certificate of each tenant.\n',
    text(
      'It is YAML 1.2 or JSON, at most 64 MiB. The default name is mfa-fleet.yaml.',
      '`mfa-cli fleet init` writes one from the profiles and records of this machine.',
      'Paths are relative to the file. mfa-cli reports all faults with line and column.',
    ),
    indented,
    list(keys),
    text('The file contains no secrets. For password, client-secret and token, give the source:'),
    list(secrets),
    text(
      'The file decides which programs run and which secret goes to which tenant, so mfa-cli uses it only after you trust it.',
      'In a terminal, mfa-cli shows what the file runs and reads, and asks. Later it asks ' +
        'only about changes. In a pipeline, set MFA_CLI_TRUST_FLEET to the',
      'hash in the key trust of `mfa-cli fleet plan --json`. --trust trusts any content. You or root must own the file, its',
      'record and the directories above, and no other user may have write access to them.',
    ),
    text('Options of fleet plan, apply and status to select tenants:'),
    list(selecting),
    text(
      'The file may use anchors and aliases. Define anchors under top-level keys that begin with x-.',
      'For completion in an editor, use schema/fleet.schema.json of the package.',
    ),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n');
}
