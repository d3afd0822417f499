import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { readFleet } from '../../../src/commands/fleet/file/read-fleet.ts';
import { CliError } from '../../../src/errors/cli-error.ts';
import { nearestName } from '../../../src/text/phrasing.ts';
import { generatedFleet } from './generated-fleet.ts';

vi.mock('../../../src/text/phrasing.ts', { spy: true });

const place = { file: 'fleet.yaml', directory: resolve('/fleets') };

/** The faults of a text, without the name of the file. */
function faultsOf(text: string): readonly string[] {
  try {
    readFleet(text, place);
    return [];
  } catch (error) {
    if (!(error instanceof CliError) || error.code !== 'fleet-file-invalid') throw error;
    const [head, ...lines] = error.lines;
    expect(error.message).toBe([head, ...lines].join('\n'));
    return lines.map((line) => line.replace(/^fleet\.yaml:/, ''));
  }
}

const top = 'version: 1\ncertificates:\n  app: { p12: app.p12, topic: com.example.app }\ntenants:\n';
const signIn = 'sign-in: { profile: p }';
const signInWays = '{ profile: NAME }, { client-id: NAME, client-secret: … } or { token: … }';

/** What is wrong, and the text that it is wrong in; then its faults, indented. Words in capitals stand for what recurs. */
const faulty = String.raw`
an empty file:
  1:1: the file is empty: start it with version: 1
comments alone: # later\n\n
  1:1: the file is empty: start it with version: 1
a list: - acme\n
  1:1: the file must contain key: value pairs
a text: acme\n
  1:1: the file must contain key: value pairs
null: null\n
  1:1: the file must contain key: value pairs
HTML: <!DOCTYPE html>\n
  1:1: the file must contain key: value pairs
a tab: version: 1\ntenants:\n\tacme: {}\n
  3:1: tabs cannot indent: use spaces
an open quote: version: 1\ntenants: { acme: "x }\n
  3:1: an earlier quote is not closed
an open bracket: version: 1\ntenants: { acme: {}\nmore: 1\n
  3:1: the indentation does not match, or an earlier bracket is not closed
a bracket too many: version: 1\ntenants: {}}\n
  2:12: this is not allowed here
a colon in a text: version: 1: 2\n
  1:10: no key and value can follow here: text with a colon needs quotes
a key without a colon: version: 1\ntenants\n
  2:1: a key needs a colon and a space after it
a character that is reserved: version: @1\n
  1:10: text that begins with this character needs quotes
an escape sequence that is none: version: "\\q"\n
  1:11: this is not an escape sequence: write \\ for a backslash, or use single quotes
a tag: version: !one 1\n
  1:10: this tag is unknown
a list as a key: ? [a]\n: 1\n
  1:3: a key must be text
a second document: version: 1\n---\nversion: 1\n
  2:1: a second document starts here: a file declares one fleet
an alias of nothing: version: *one\ntenants: *two\n
  1:10: this alias has no anchor before it
  2:10: this alias has no anchor before it
an alias within itself: version: 1\ntenants: &t { a: *t }\n
  2:18: this alias has no anchor before it
a merge key of a text: version: 1\ntenants: { <<: acme }\n
  2:16: a merge key takes a mapping, or a list of mappings
no version: tenants: {}\n
  1:1: the file has no version
another version: version: 2\ntenants: {}\n
  1:10: version takes 1
a version in quotes: version: "1"\ntenants: {}\n
  1:10: version takes 1
no tenants: version: 1\n
  1:1: the file has no tenants
nothing after tenants: version: 1\ntenants:\n
  2:1: tenants is empty, but takes a mapping of names to tenants, or {} for none
a list of tenants: version: 1\ntenants: []\n
  2:10: tenants takes a mapping of names to tenants, or {} for none
a key that is none: version: 1\ntenant: {}\nother: {}\n
  1:1: the file has no tenants
  2:1: "tenant" is not a key of the file; did you mean tenants?
  3:1: "other" is not a key of the file (keys: version, defaults, certificates, tenants)
a key twice: version: 1\ntenants: {}\nversion: 1\n
  3:1: this key appears twice in the same mapping
bad defaults: version: 1\ndefaults:\n  environment: prod\n  warn-days: -1\n  warn: 3\ntenants: {}\n
  3:16: environment takes production or sandbox; did you mean production?
  4:14: warn-days takes a whole number of days, 0 to 99999
  5:3: "warn" is not a key of defaults; did you mean warn-days?
defaults that are none: version: 1\ndefaults: 3\ntenants: {}\n
  2:11: defaults takes a mapping of defaults
days in another spelling: version: 1\ndefaults: { warn-days: 0x10 }\ntenants: {}\n
  2:24: warn-days takes a whole number of days, 0 to 99999
half a day: version: 1\ndefaults: { warn-days: 1.5 }\ntenants: {}\n
  2:24: warn-days takes a whole number of days, 0 to 99999
a name: version: 1\ncertificates:\n  the app: { p12: a.p12, topic: t }\ntenants: {}\n
  3:3: "the app" is not a valid certificate name: use letters, digits, . _ and - only
a name of JavaScript: version: 1\ncertificates:\n  __proto__: { p12: a.p12, topic: t }\ntenants: {}\n
  3:3: "__proto__" is not a valid certificate name: use letters, digits, . _ and - only
a hostile name: version: 1\ncertificates:\n  "\\e[31m\\u202e": { p12: a.p12, topic: t }\ntenants: {}\n
  3:3: "\u001b[31m\u202e" is not a valid certificate name: use letters, digits, . _ and - only
no .p12: version: 1\ncertificates:\n  app: {   }\ntenants: {}\n
  3:3: certificate "app" has no p12
a certificate that is none: version: 1\ncertificates: { app: app.p12 }\ntenants: {}\n
  2:22: certificate "app" must contain key: value pairs
a .p12 elsewhere: version: 1\ncertificates:\n  app: { p12: { path: a },  }\ntenants: {}\n
  3:15: p12 takes the path of a .p12, or { env: VARIABLE } with its base64
a topic that is a number: CERTIFICATE topic: 5
  3:29: topic takes text: put quotes around a number
a topic of nothing: CERTIFICATE topic: ""
  3:29: topic takes text
a password written out: CERTIFICATE password: hunter2
  3:32: password is in plain text: a fleet file holds no secret, only WAYS
a password of digits: CERTIFICATE password: 31337
  3:32: password is in plain text: a fleet file holds no secret, only WAYS
a password that is empty: CERTIFICATE password:
  3:22: password is empty, but takes WAYS
a password as null: CERTIFICATE password: null
  3:32: password takes WAYS
a password as a list: CERTIFICATE password: [hunter2]
  3:32: password takes WAYS
a password as a key: CERTIFICATE password: {hunter2}
  3:32: password takes WAYS
a password beside a variable: CERTIFICATE password: { env: A, hunter2: }
  3:42: this is not a key of password by env of certificate "app" (keys: env)
two ways: CERTIFICATE password: { env: A, file: b }
  3:32: password takes only one of these: env, file
a way that is none: CERTIFICATE password: { comand: [a] }
  3:32: password takes WAYS; did you mean command?
a variable that is none: CERTIFICATE password: { env: hunter2-! }
  3:39: env takes the name of a variable: letters, digits and _
an empty command: CERTIFICATE password: { command: [] }
  3:43: command is empty, but takes a list of the program and its arguments, such as [op, read, NAME]
a program without a name: CERTIFICATE password: { command: [""] }
  3:44: command takes a list of the program and its arguments, such as [op, read, NAME]
a command as a line: CERTIFICATE password: { command: echo hunter2 }
  3:43: command takes a list of the program and its arguments, such as [op, read, NAME]
a command with a number: CERTIFICATE password: { command: [op, 5] }
  3:48: command takes a list of the program and its arguments, such as [op, read, NAME]
a tenant of nothing: TENANTS  acme:\n
  5:3: tenant "acme" must contain key: value pairs
a name twice: TENANTS  acme: { tenant: a.example, certificate: app, SIGN-IN }\n  acme: {}\n
  6:3: this key appears twice in the same mapping
no address: TENANTS  acme: { certificate: app, SIGN-IN }\n
  5:3: tenant "acme" has no tenant
an address with a password: TENANTS  acme: { tenant: https://u:hunter2@a.example, certificate: app, SIGN-IN }\n
  5:19: A tenant URL must not contain a user name or password
an address without TLS: TENANTS  acme: { tenant: http://a.example, certificate: app, SIGN-IN }\n
  5:19: The tenant URL http://a.example must use https: http is for loopback hosts only
a certificate that is not declared: TENANT certificate: ap, SIGN-IN
  5:43: the certificate "ap" is not declared; did you mean app?
a certificate of nothing: TENANT certificate:, SIGN-IN
  5:30: certificate is empty, but takes the name of a certificate, or null if the tenant must have none
no certificate and no key: TENANT certificate: null, SIGN-IN
  5:43: a tenant without a certificate needs client-app-key, which names the one to delete
nobody who signs in: TENANT certificate: app
  5:3: tenant "acme" has no sign-in
a sign-in that is a name: TENANT certificate: app, sign-in: hunter2
  5:57: sign-in takes SIGN-INS
a sign-in of two kinds: TENANT certificate: app, sign-in: { profile: p, client-id: c }
  5:57: sign-in takes only one of these: profile, client-id
a sign-in with half a client: TENANT certificate: app, sign-in: { client-id: c }
  5:48: sign-in by client-id of tenant "acme" has no client-secret
a scope of a profile: TENANT certificate: app, sign-in: { profile: p, scope: s }
  5:71: "scope" is not a key of sign-in by profile of tenant "acme" (keys: profile)
a token written out: TENANT certificate: app, sign-in: { token: hunter2 }
  5:66: token is in plain text: a fleet file holds no secret, only WAYS
a client secret written out: TENANT certificate: app, sign-in: { client-id: c, client-secret: hunter2 }
  5:88: client-secret is in plain text: a fleet file holds no secret, only WAYS
a switch that is none: TENANT certificate: app, sign-in: { client-id: c, client-secret: { env: A }, platform-token: yes }
  5:116: platform-token takes true or false
labels as a list: TENANT certificate: app, SIGN-IN, labels: [eu]
  5:81: labels takes a mapping of names to texts
labels of other values: TENANT certificate: app, SIGN-IN, labels: { a: , b: [1], "c=d": x, constructor: y }
  5:83: the label "a" takes text
  5:91: the label "b" takes text
  5:96: "c=d" is not a valid label name: use letters, digits, . _ and - only
  5:106: "constructor" is not a valid label name: use letters, digits, . _ and - only
one tenant twice: TENANTS  acme: { tenant: a.example, certificate: app, SIGN-IN }\n  other: { tenant: "https://A.example/", certificate: null, client-app-key: com.example.app, SIGN-IN }\n
  6:20: this is the tenant of "acme" with the same client app key
one tenant with two keys: TENANTS  acme: { tenant: a.example, certificate: app, SIGN-IN }\n  other: { tenant: A.example, certificate: app, client-app-key: k, SIGN-IN }\n
  6:20: this is the tenant of "acme", which can have only one certificate
one tenant with a key that goes: TENANTS  acme: { tenant: a.example, certificate: app, SIGN-IN }\n  other: { tenant: A.example, certificate: null, client-app-key: k, SIGN-IN }\n
`;

const words: readonly (readonly [word: RegExp, stands: string])[] = [
  [/^CERTIFICATE (.*)$/, 'version: 1\ncertificates:\n  app: { p12: a.p12, $1 }\ntenants: {}\n'],
  [/^TENANT (.*)$/, `${top}  acme: { tenant: a.example, $1 }\n`],
  [/^TENANTS/, top],
  [/SIGN-INS/, signInWays],
  [/SIGN-IN/g, signIn],
  [/WAYS/, '{ env: VARIABLE }, { file: PATH } or { command: [PROGRAM, ARGUMENT] }'],
];
const spelled = (text: string): string =>
  words.reduce((spelt, [word, stands]) => spelt.replace(word, stands), text);

describe('a fault of the file is told with its place', () => {
  const cases = faulty
    .trim()
    .split(/\n(?! )/)
    .map((lines) => lines.split('\n  '))
    .map(([first = '', ...faults]) => {
      const [, what = '', text = ''] = /^(.*?): ?(.*)$/.exec(first) ?? [];
      const read = text.replace(/\\([nt\\])/g, (_, sign) => ({ n: '\n', t: '\t' })[sign as string] ?? sign);
      return [what, spelled(read), faults.map(spelled)] as const;
    });
  test.each(cases)('%s', (_what, text, faults) => {
    const found = faultsOf(text);
    expect(found).toEqual(faults);
    expect(found.join('\n')).not.toMatch(/hunter2|31337/);
  });
});

test('of many faults the first are told, and how many more there are', () => {
  const lines = faultsOf(generatedFleet(300, 'certificate: another'));
  expect(lines).toHaveLength(51);
  expect(lines[0]).toBe(
    '8:18: the certificate "another" is not declared; did you mean other?'.replace(
      '; did you mean other?',
      '',
    ),
  );
  expect(lines.at(-1)).toBe('… and 250 more faults');
});

function fixture(name: string): string {
  return readFileSync(`test/fixtures/fleet/${name}`, 'utf8');
}

test('a fleet is read whole: paths from its directory, addresses as origins, defaults in force', () => {
  const at = (path: string) => ({ path: resolve('/fleets', path), written: path });
  const app = {
    ...{ name: 'app', p12: at('certs/app.p12'), password: { env: 'APP_P12_PASSWORD' } },
    ...{ topic: 'com.example.app', environment: 'production' },
  };
  const password = { command: ['op', 'read', 'op://vault/voice/password'], written: 'op' };
  const voice = {
    name: 'voice',
    p12: { env: 'VOICE_P12_BASE64' },
    password,
    topic: null,
    environment: 'sandbox',
  };
  const open = { ...app, name: 'open', p12: at('/srv/open.p12'), password: null, topic: null };
  const clientSecret = { file: resolve('/fleets/secrets/initech'), written: 'secrets/initech' };
  const service = {
    clientId: 'ci@initech',
    clientSecret,
    appId: 'push',
    scope: 'mobile',
    platformToken: true,
  };
  const labels = { region: 'eu', ring: 'canary', wave: '007', on: 'true' };
  const fleet = readFleet(fixture('fleet.yaml'), place);
  expect({ ...fleet, tenants: [] }).toEqual({
    ...{ file: 'fleet.yaml', warnDays: 45, tenants: [] },
    certificates: new Map(Object.entries({ app, voice, open })),
  });
  expect(fleet.tenants.map((tenant) => Object.values(tenant))).toEqual([
    ['acme', 'https://abc1234.id.cyberark.cloud', app, 'com.example.app', { profile: 'acme' }, labels],
    ['initech', 'https://def5678.id.cyberark.cloud', voice, null, service, {}],
    ['umbrella', 'http://localhost:8450', open, null, { token: { env: 'UMBRELLA_TOKEN' } }, {}],
    ['globex', 'https://sso.globex.example', null, 'com.example.app', { profile: 'globex' }, {}],
  ]);
  expect(Object.keys(fleet.tenants[0] ?? {})).toEqual([
    'name',
    'tenant',
    'certificate',
    'clientAppKey',
    'signIn',
    'labels',
  ]);
});

test('aliases and merge keys stand for what they name; a key of its own wins, and the first of several', () => {
  const { tenants } = readFleet(fixture('anchors.yaml'), place);
  const signIn = {
    clientId: 'ci',
    clientSecret: { command: [resolve('/fleets/secret.sh'), 'all'], written: './secret.sh' },
    appId: null,
    scope: null,
    platformToken: false,
  };
  expect(tenants.map(({ name, labels, certificate }) => [name, labels, certificate?.name])).toEqual([
    ['acme', { region: 'eu', ring: 'late' }, 'app'],
    ['initech', { region: 'eu', ring: 'canary' }, 'app'],
    ['umbrella', { region: 'eu', ring: 'late' }, undefined],
  ]);
  expect(tenants.map((each) => each.signIn)).toEqual([signIn, signIn, signIn]);
});

test('a fault in what an alias stands for is told once, and where it stands', () => {
  const text = `${top}  a: { tenant: a.example, certificate: app, sign-in: &s { profil: x } }
  b: { tenant: b.example, certificate: app, sign-in: *s }
  c: { <<: &m { tenant: ftp://c, certificate: app, sign-in: { profile: x } } }
  d: { <<: *m }
`;
  expect(faultsOf(text)).toEqual([
    `5:57: sign-in takes ${signInWays}; did you mean profile?`,
    `6:54: sign-in takes ${signInWays}; did you mean profile?`,
    '7:25: The tenant URL must use https, not ftp',
  ]);
});

test('a file in JSON is read, and one that Windows wrote', () => {
  const tenants = {
    acme: { tenant: 'a.example', certificate: null, 'client-app-key': 'k', 'sign-in': { profile: 'p' } },
  };
  const read = readFleet(JSON.stringify({ version: 1, tenants }, null, '\t'), place);
  expect(read.tenants.map(({ tenant: origin }) => origin)).toEqual(['https://a.example']);
  const windows = fixture('fleet.yaml').replaceAll('\n', '\r\n');
  expect(readFleet(windows, place)).toEqual(readFleet(fixture('fleet.yaml'), place));
  expect(faultsOf('version: 1\r\ntenants: []\r\n')).toEqual([
    '2:10: tenants takes a mapping of names to tenants, or {} for none',
  ]);
});

test('aliases that stand for ever more are refused before anything follows them', () => {
  const lines = Array.from({ length: 30 }, (_, level) => {
    const items = level === 0 ? '[x, x, x, x, x, x, x, x]' : `[${`*l${level - 1}, `.repeat(8)}]`;
    return `x-${level}: &l${level} ${items}`;
  });
  expect(faultsOf(`version: 1\ntenants: {}\n${lines.join('\n')}\n`)).toEqual([
    '7:16: the aliases so far add more values than the file has characters',
  ]);
});

test('brackets in texts and comments nest nothing', () => {
  const labels = Array.from(
    { length: 300 },
    (_, index) => `      l${index}: "[{" # [[ ${':'.repeat(300)}\n`,
  ).join('');
  const text = `${top}  a:\n    tenant: a.example\n    certificate: app\n    ${signIn}\n    labels:\n${labels}`;
  expect(readFleet(text, place).tenants[0]?.labels.l299).toBe('[{');
});

test('what is nested without an end is refused', () => {
  const deep = `version: 1\ntenants: {}\nx-deep: ${'['.repeat(60)}${']'.repeat(60)}\n`;
  expect(faultsOf(deep)).toEqual(['3:49: this is nested too deeply']);
  const indented = Array.from({ length: 300 }, (_, level) => `${' '.repeat(level + 1)}a:`).join('\n');
  const deeply = (text: string): readonly string[] => faultsOf(`version: 1\ntenants: ${text}`);
  expect(deeply('['.repeat(100_000))).toEqual(['2:50: this is nested too deeply']);
  expect(deeply('{a: '.repeat(20_000))).toEqual(['2:170: this is nested too deeply']);
  expect(deeply('a: '.repeat(5000))).toEqual(['2:131: this is nested too deeply']);
  expect(deeply(`\n  ${'- '.repeat(5000)}x`)).toEqual(['3:83: this is nested too deeply']);
  expect(deeply(`\n${indented}`)).toEqual(['43:43: this is nested too deeply']);
});

test('what aliases and merge keys nest without an end is refused', () => {
  const chain = (link: (before: string) => string): readonly string[] => {
    const items = Array.from({ length: 60 }, (_, index) => `- &a${index + 1} ${link(`*a${index}`)}\n`);
    return faultsOf(`version: 1\ntenants: {}\nx-list:\n- &a0 {k: v}\n${items.join('')}`);
  };
  expect(chain((before) => `{ <<: ${before} }`)).toEqual(['42:14: this is nested too deeply']);
  expect(chain((before) => `[${before}]`)).toEqual(['42:9: this is nested too deeply']);
});

test('a mistyped certificate is looked for among thousands only where the fault is shown', () => {
  const numbers = Array.from({ length: 1200 }, (_, index) => String(index).padStart(8, '0'));
  const certificates = numbers.map((number) => `  c${number}: { p12: a.p12 }\n`);
  const tenants = numbers.map(
    (number) =>
      `  t${number}: { tenant: a${number}.example, certificate: not-the-name-of-any-${number}, ${signIn} }\n`,
  );
  const text = `version: 1\ncertificates:\n${certificates.join('')}tenants:\n${tenants.join('')}`;
  vi.mocked(nearestName).mockClear();
  expect(faultsOf(text)).toHaveLength(51);
  const { calls } = vi.mocked(nearestName).mock;
  expect(calls).toHaveLength(50);
  expect(Math.max(...calls.map(([, names]) => [...names].length))).toBe(1000);
});
