import { execFileSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { refuseBinaryOnTerminal } from '../../../src/commands/apns/make-p12.ts';
import { children, parse } from '../../../src/pkcs12/asn1.ts';
import { readEncryption } from '../../../src/pkcs12/encryption.ts';
import { decodePem } from '../../../src/pkcs12/pem.ts';
import { readPushIdentity } from '../../../src/pkcs12/push-identity.ts';
import { Secret } from '../../../src/text/secret.ts';
import { applePath } from '../../support/apple-fixtures.ts';
import { createMachine } from '../../support/context.ts';
import { isThorough } from '../../support/patience.ts';
import { cleanEnvironment, runProgram } from '../../support/process.ts';
import { answerRequest } from '../../support/push-authority.ts';
import { app } from '../../support/renewal.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { isMissing } from '../../support/tools.ts';
import { play, type Stories, unhurried, type World } from '../stage.ts';

const [p12Password, typed] = ['pack-password', 'pässwörd 🔑'];
const keyPassword = readFileSync(applePath('password.txt'), 'utf8').trim();
const own = { MFA_CLI_P12_PASSWORD: p12Password };
const names = 'com.example.app';

/** An empty directory, its `new.p12` as `$OUT`, and the words of `pack` and `request` into it. */
const begin = (world: World): void => {
  const directory = temporaryDirectory();
  const out = join(directory, 'new.p12');
  Object.assign(world, { directory, env: own });
  Object.assign(world.words, {
    ...{
      $OUT: [out],
      $DIR: [directory],
      $SPACED: [join(directory, "an app's")],
      $KEY_PASSWORD: [keyPassword],
    },
    '~': ['--cert', applePath('aps.cer'), '--key', applePath('key.pem'), '--out', out],
    APP: [...app, '--out', join(directory, 'push')],
  });
};
const within = ({ directory }: World, file: string): string =>
  join(directory ?? expect.unreachable(), file);
const write = (file: string, content: string | Uint8Array) => (world: World) =>
  writeFileSync(within(world, file), content);
const modes = (folder: string) => (world: World) =>
  ['', ...readdirSync(within(world, folder)).sort()]
    .map(
      (file) =>
        `${(statSync(join(within(world, folder), file)).mode & 0o777).toString(8)} ${file || '.'}`,
    )
    .join('\n');
const content = (file: string) => (world: World) =>
  `cat ${file}\n${readFileSync(within(world, file), 'utf8').split('\n', 1)}`;
const cer = readFileSync(applePath('aps.cer'));
const inspect = 'inspect $OUT => fingerprint kind bundleId teamId encryption keys certificates ok';

const packing: Stories = {
  'writes a file of mode 0600 that holds what it reports': [
    begin,
    'pack ~ => out content encryption fingerprint kind bundleId teamId keys certificates ok',
    inspect,
    modes('.'),
    'pack ~ --force',
    'inspect $OUT',
  ],
  'takes certificates of every form': [
    begin,
    write('aps.cer', Buffer.concat([cer, Buffer.from('\r\n')])),
    ...['@aps.cer', '@aps.pem', '@bags.pem', '$DIR/aps.cer'].flatMap((cert) => [
      `pack --cert ${cert} --key @key.pem --out $OUT --force => fingerprint`,
    ]),
  ],
  'takes keys of every form': [
    begin,
    ...['key.der', 'key-pkcs1.pem', 'bags.pem'].map((key) => `pack ~ --key @${key} --force => ok`),
    ...['key-pbes2.pem', 'key-3des.pem', 'key-header.pem'].map(
      (key) => `MFA_CLI_KEY_PASSWORD=$KEY_PASSWORD pack ~ --key @${key} --force => ok`,
    ),
  ],
  'takes both passwords from files': [
    begin,
    write('password.txt', `${p12Password}\n`),
    'MFA_CLI_P12_PASSWORD=not-this-one pack ~ --key @key-pbes2.pem --key-password-file @password.txt --new-password-file $DIR/password.txt => ok',
    inspect,
  ],
  'never writes over another file': [
    begin,
    write('new.p12', 'precious'),
    // Before a password is asked for.
    'MFA_CLI_P12_PASSWORD= pack ~ => code',
    content('new.p12'),
    'pack ~ --force => ok',
  ],
  'writes nothing where the checks find errors, and asks for no export, as nothing was exported': [
    begin,
    'pack ~ --key @other-key.pem',
    'pack ~ --key @other-key.pem => out ok code',
    'pack ~ @2120-02-01',
    'pack ~ @2120-02-01 => out ok code',
    'pack --cert @authority.cer --key @authority.key --out $OUT',
    'pack --cert @authority.cer --key @authority.key --out $OUT => out ok code',
    'FILES',
  ],
  'asks for all that is missing': [
    begin,
    async ({ machine, words }) => {
      const given = [applePath('aps.cer'), applePath('key-pbes2.pem'), words.$OUT?.[0] ?? ''];
      const answers = [...given, keyPassword, p12Password, p12Password];
      const { exitCode, questions } = await machine.run(['apns', 'pack'], { answers });
      return [`[${exitCode}]`, ...questions].join('\n').replace(applePath('key-pbes2.pem'), 'KEY');
    },
    inspect,
  ],
  "asks three times for the key's password": [
    begin,
    'pack ~ --key @key-pbes2.pem ? not-it-1 | not-it-2 | not-it-3',
  ],
};

const requesting: Stories = {
  'reports what it made and what comes next': [
    begin,
    'MFA_CLI_KEY_PASSWORD=a-key-password request APP --json',
    modes('push'),
    content('push/com.example.app.key.pem'),
    content('push/com.example.app.certSigningRequest'),
  ],
  'tells a person the same, with paths that a shell takes': [
    begin,
    `MFA_CLI_KEY_PASSWORD=a-key-password request ${app.join(' ')} --out $SPACED`,
  ],
  'leaves the key without a password where that is asked for': [
    begin,
    'request APP --no-encrypt => encrypted',
    modes('push'),
    content('push/com.example.app.key.pem'),
  ],
  'makes a directory below others that are not there yet': [
    begin,
    `request ${app.join(' ')} --no-encrypt --out $DIR/a/b …`,
    modes('a'),
    modes('a/b'),
  ],
  ...Object.fromEntries(
    ['key.pem', 'certSigningRequest'].map((taken) => [
      `writes nothing where the name of the ${taken} is taken`,
      [
        begin,
        (world: World) => mkdirSync(within(world, 'push')),
        write(`push/${names}.${taken}`, 'precious'),
        // Before a password is asked for.
        'request APP => code',
        (world: World) => `ls push\n${readdirSync(within(world, 'push')).join('\n')}`,
        content(`push/${names}.${taken}`),
      ],
    ]),
  ),
  // The longest name of a file has 255 bytes: that of the key fits, that of the request does not.
  'leaves no key behind without its request': [
    begin,
    `request --bundle-id com.${'a'.repeat(236)} --team-id A1B2C3D4E5 --no-encrypt --out $DIR => code`,
    'FILES',
  ],
  'asks for all that is missing': [
    begin,
    'request ? com.example.app | A1B2C3D4E5 | $DIR/push | typed-password | typed-password …',
    content('push/com.example.app.key.pem'),
  ],
};

test.each([
  ['pack', packing],
  ['request', requesting],
])('apns %s', unhurried, async (what, stories) => {
  await expect(await play(stories)).toMatchFileSnapshot(`../../golden/apns-${what}.txt`);
});

const openssl = (...argv: string[]) =>
  execFileSync('openssl', argv, { encoding: 'utf8', stdio: 'pipe' });
const newFile = (name = 'cert.p12') => join(temporaryDirectory(), name);
const pack = (out: string, ...words: readonly string[]) => [
  ...['apns', 'pack', '--cert', applePath('aps.cer'), '--key', applePath('key.pem'), '--out', out],
  ...words,
];

test('apns pack reads from stdin, and gives the bytes to stdout', async () => {
  const machine = createMachine();
  const out = newFile();
  const stdin = readFileSync(applePath('aps.cer'));
  expect((await machine.run(pack(out, '--cert', '-'), { env: own, stdin })).exitCode).toBe(0);
  const { stdout } = await machine.run(pack('-', '--json'), { env: own });
  const { out: file, content, fingerprint } = JSON.parse(stdout);
  writeFileSync(out, Buffer.from(content, 'base64'));
  const inspected = JSON.parse(
    (await machine.run(['apns', 'inspect', out, '--json'], { env: own })).stdout,
  );
  expect([file, inspected.ok, inspected.fingerprint]).toEqual([null, true, fingerprint]);
  const raw = await machine.run(pack('-'), { env: own });
  expect([raw.exitCode, raw.stdout.slice(0, 1), raw.stdout.includes('✓')]).toEqual([0, '0', false]);
  expect(raw.stderr).toMatch(/^mfa-cli: warning: The issuer is not a known Apple authority: .*\n$/);
  const refused = await machine.run(pack('-'), { env: own, terminalOutput: true });
  expect([refused.exitCode, refused.stdout]).toEqual([2, '']);
});

test.skipIf(isMissing('openssl')).each(['modern', 'legacy'])(
  'apns pack writes a %s .p12 that OpenSSL and keytool open',
  async (encryption) => {
    const out = newFile();
    const argv = pack(out, '--encryption', encryption, '--json');
    const { exitCode, stdout } = await createMachine().run(argv, { env: own });
    expect([exitCode, JSON.parse(stdout).encryption]).toEqual([0, encryption]);
    // Without `-legacy`: 3DES is of the default provider.
    const words = ['pkcs12', '-in', out, '-passin', `pass:${p12Password}`, '-noenc'];
    const pem = openssl(...words);
    expect(pem.match(/BEGIN CERTIFICATE/g)).toHaveLength(1);
    expect(pem).toContain('friendlyName: Apple Push Services: com.example.app');
    const [key = ''] = pem.match(/-----BEGIN PRIVATE KEY-----[^-]+-----END PRIVATE KEY-----/) ?? [];
    const original = createPrivateKey(readFileSync(applePath('key.pem')));
    expect(createPrivateKey(key).equals(original)).toBe(true);
    expect(openssl(...words, '-legacy')).toBe(pem);
    if (!isThorough || isMissing('keytool')) return;
    const list = ['-J-Xshare:auto', '-list', '-v', '-storetype', 'PKCS12', '-keystore', out];
    const told = execFileSync('keytool', [...list, '-storepass', p12Password], {
      encoding: 'utf8',
      stdio: 'pipe',
    });
    expect(told).toMatch(/Your keystore contains 1 entry[\s\S]*Entry type: PrivateKeyEntry/);
    expect(told).toContain('Certificate chain length: 1');
    expect(told).toMatch(/Certificate\[1\]:\nOwner:.*CN=Apple Push Services: com\.example\.app/);
  },
);

/** The files of a request into a new directory. */
function requestedIn(directory = join(temporaryDirectory(), 'push')) {
  const [key, csr, p12] = ['key.pem', 'certSigningRequest', 'p12'].map((end) =>
    join(directory, `${names}.${end}`),
  );
  return {
    key: key ?? '',
    csr: csr ?? '',
    p12: p12 ?? '',
    argv: ['apns', 'request', ...app, '--out', directory],
    directory,
  };
}

test.skipIf(isMissing('openssl'))(
  'apns request writes what OpenSSL verifies and decrypts',
  async () => {
    const { key, csr, argv } = requestedIn();
    const passwordFile = newFile('password.txt');
    writeFileSync(passwordFile, `${typed}\r\n`);
    await createMachine().run([...argv, '--new-password-file', passwordFile]);
    writeFileSync(passwordFile, typed);
    const subject = openssl(
      'req',
      '-in',
      csr,
      '-verify',
      '-noout',
      '-subject',
      '-nameopt',
      'RFC2253',
    );
    expect(subject).toContain('subject=OU=A1B2C3D4E5,CN=com.example.app\n');
    const ofKey = openssl('pkey', '-in', key, '-passin', `file:${passwordFile}`, '-pubout');
    expect(openssl('req', '-in', csr, '-noout', '-pubkey')).toBe(ofKey);
    expect(openssl('asn1parse', '-in', key)).toMatch(/PBES2[\s\S]*PBKDF2[\s\S]*aes-256-cbc/);
    const { asymmetricKeyType, asymmetricKeyDetails } = createPrivateKey({
      key: readFileSync(key),
      passphrase: typed,
    });
    expect([asymmetricKeyType, asymmetricKeyDetails?.modulusLength]).toEqual(['rsa', 2048]);
  },
);

test.skipIf(isMissing('openssl'))('from request to set, the way that the steps tell', async () => {
  const machine = createMachine();
  const env = { MFA_CLI_KEY_PASSWORD: 'request-password', MFA_CLI_P12_PASSWORD: p12Password };
  const run = async (argv: readonly string[]) => {
    const { exitCode, stdout } = await machine.run([...argv, '--json'], { env });
    expect(exitCode).toBe(0);
    return JSON.parse(stdout);
  };
  const { argv, csr, p12, directory } = requestedIn();
  const { next } = await run(argv);
  answerRequest(csr, join(directory, 'aps.cer'));
  const [pack = [], set = []] = next
    .flatMap((step: string) => [...step.matchAll(/`mfa-cli (.*)`/g)])
    .map(([, line = '']: string[]) => line.split(' '));
  const { out, certificate, findings } = await run(pack);
  expect(out).toBe(p12);
  expect(await run(['apns', 'inspect', out])).toMatchObject({ certificate, findings, ok: true });
  const { fingerprint } = certificate;
  expect(await run([...set, '--dry-run'])).toMatchObject({
    topic: names,
    fingerprint,
    sent: false,
    findings,
  });
});

const withPractice: Stories = {
  'makes a .p12 that a tenant on this machine takes, with the password that was given': [
    begin,
    'request APP --practice => certificate p12 password next',
    modes('push'),
    'inspect $DIR/push/com.example.app.practice.p12 => kind bundleId teamId daysLeft code message ok',
    'inspect $DIR/push/com.example.app.practice.p12 …',
    'verify $DIR/push/com.example.app.practice.p12 --fail-on warning => explanation message',
    'set $DIR/push/com.example.app.practice.p12 --dry-run => message',
    'set $DIR/push/com.example.app.practice.p12 …',
  ],
  'is for no tenant elsewhere': [
    begin,
    'request APP --practice --no-encrypt …',
    ...['', ' --force', ' --force --yes'].map(
      (more) =>
        `MFA_CLI_TOKEN=a-token set $DIR/push/com.example.app.practice.p12 --tenant tenant.invalid${more} => sent code level`,
    ),
    'MFA_CLI_TOKEN=a-token set $DIR/push/com.example.app.practice.p12 --tenant tenant.invalid …',
  ],
  'is for no tenant of a fleet elsewhere': [
    begin,
    'request APP --practice …',
    (world) => {
      const tenants = ['http://127.0.0.1:9', 'https://tenant.invalid'].map(
        (url, index) =>
          `  t${index}: { tenant: '${url}', certificate: app, sign-in: { profile: x } }\n`,
      );
      const app = `{ p12: '${within(world, 'push/com.example.app.practice.p12')}', password: { env: MFA_CLI_P12_PASSWORD } }`;
      const file = `version: 1\ncertificates:\n  app: ${app}\ntenants:\n${tenants.join('')}`;
      write('push/fleet.yaml', file)(world);
    },
    '. fleet plan --trust --file $DIR/push/fleet.yaml --force => name action code',
  ],
};

test('apns request --practice', async () => {
  await expect(await play(withPractice)).toMatchFileSnapshot('../../golden/apns-practice.txt');
});

test('apns request --practice tells the password that it makes where nobody gives one', async () => {
  const { argv, directory } = requestedIn();
  const [key, p12, cer] = ['key.pem', 'p12', 'cer'].map((end) =>
    join(directory, `${names}.practice.${end}`),
  ) as [string, string, string];
  const machine = createMachine();
  const { exitCode, stdout } = await machine.run([...argv, '--practice']);
  const [, made = ''] = /\.p12 \(for practice, password (\S+)\)$/m.exec(stdout) ?? [];
  const opened = await machine.run(['apns', 'inspect', p12], {
    env: { MFA_CLI_P12_PASSWORD: made },
  });
  expect([exitCode, opened.exitCode]).toEqual([0, 0]);
  const certificate = new X509Certificate(readFileSync(cer));
  const privateKey = createPrivateKey({ key: readFileSync(key), passphrase: made });
  expect(certificate.checkPrivateKey(privateKey)).toBe(true);
  const again = await machine.run([...argv, '--practice', '--json']);
  expect(JSON.parse(again.stdout).error.code).toBe('file-exists');
});

// Of the built program: the tests have a lower count.
test.each(isThorough ? ['modern', 'legacy'] : ['legacy'])(
  'the password of a new .p12 is costly to guess: %s',
  async (encryption) => {
    const out = newFile();
    const argv = pack(out, '--encryption', encryption);
    expect(await runProgram(argv, cleanEnvironment(own))).toMatchObject({ exitCode: 0 });
    const file = { name: 'new.p12', bytes: readFileSync(out) };
    const { container } = await readPushIdentity(file, new Secret(p12Password));
    expect(container.iterations).toEqual({ highest: 100_000, total: 300_000 });
  },
);

test('the password of a new key is as costly to guess', async () => {
  const { argv, key } = requestedIn();
  const env = cleanEnvironment({ MFA_CLI_KEY_PASSWORD: 'secret' });
  expect(await runProgram(argv, env)).toMatchObject({ exitCode: 0 });
  const [block = expect.unreachable()] = decodePem(readFileSync(key));
  const { iterations } = readEncryption(children(parse(block.der))[0]);
  expect(iterations).toBe(100_000);
});

test('binary output is refused on a terminal, except with --json', () => {
  const refuse = (isTTY: boolean | undefined, json: boolean) => () =>
    refuseBinaryOnTerminal({
      terminal: { streams: { stdout: { isTTY } }, flags: { json } },
    } as never);
  for (const [isTTY, json] of [
    [true, true],
    [false, false],
    [undefined, false],
  ] as const)
    expect(refuse(isTTY, json)).not.toThrow();
  const error = { code: 'usage', facts: { option: '--out FILE' } };
  expect(refuse(true, false)).toThrow(expect.objectContaining(error));
});
