import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { encodeLine } from '../../src/change/ledger-line.ts';
import { readCommandLine } from '../../src/settings/command-line.ts';
import { createTerminal } from '../../src/terminal/terminal.ts';
import { doneAt } from '../change/examples.ts';
import { createMachine } from '../support/context.ts';
import { type Answer, startServer } from '../support/http.ts';
import { ledgerOf } from '../support/ledger.ts';
import { cleanEnvironment, openTerminal, runShell } from '../support/process.ts';
import { recordingHook } from '../support/programs.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { isMissing } from '../support/tools.ts';

const esc = '\u001b';
const token = { MFA_CLI_TOKEN: 'an-opaque-access-token' };

/** A command line at a tenant that gives this answer, with colors on. */
async function ask(answer: Answer, words: readonly string[]) {
  const { origin } = await startServer([answer]);
  const env = { ...token, MFA_CLI_TENANT: origin, FORCE_COLOR: '1' };
  return createMachine().run(words, { env, terminalOutput: true });
}

describe('no stranger’s text is obeyed by the terminal', () => {
  test('a report that a formatter colors for a question', async () => {
    const [printed, stderr]: [string[], Writable] = [
      [],
      new Writable({ write: (text, _encoding, done) => done(void printed.push(`${text}`)) }),
    ];
    const streams = { stdin: process.stdin, stdout: stderr, stderr };
    const terminal = createTerminal(streams, { FORCE_COLOR: '1' }, readCommandLine([], {}).flags);
    const report = { name: `app${esc}[8m`, lines: ['##[error]', '::stop'] };
    await terminal.present(report, ({ name, lines }, { red }) => `${red(name)} ${lines.join(' ')}`);
    expect(printed.join('')).toBe(`${esc}[31mapp\\u001b[8m${esc}[39m # #[error] : :stop\n`);
  });

  test('a user of the tenant', async () => {
    const answer = { body: JSON.stringify({ success: true, Result: { User: `admin${esc}[8m` } }) };
    const { stdout } = await ask(answer, ['whoami']);
    expect(stdout).toContain('admin\\u001b[8m');
    expect(stdout).not.toContain(`${esc}[8m`);
  });

  test('an answer of api as text', async () => {
    const hostile = `${esc}[31mred${esc}]0;PWNED\u0007\u202e\u009b2J`;
    const { stdout } = await ask({ body: hostile }, ['api', 'GET', '/x']);
    expect(stdout).toBe('\\u001b[31mred\\u001b]0;PWNED\\u0007\\u202e\\u009b2J\n');
  });

  test('the reason of a rejection', async () => {
    const answer = { body: JSON.stringify({ success: false, Message: `No${esc}[31m way\u202e!` }) };
    const { stderr } = await ask(answer, ['whoami']);
    expect(stderr).toContain('No way !');
    expect(stderr).not.toContain(`${esc}[31m way`);
  });

  test.skipIf(isMissing('script'))(
    'the names of files to choose from, and of the one that was chosen',
    async () => {
      const directory = temporaryDirectory();
      const names = [`a${esc}]0;PWNED\u0007.p12`, 'b\u202egpj.p12', `c${esc}[2J.pfx`];
      for (const name of names) writeFileSync(join(directory, name), 'no PFX');
      const terminal = openTerminal(['apns', 'inspect'], cleanEnvironment(), directory);
      await terminal.answer(
        'a\\u001b]0;PWNED\\u0007.p12',
        'b\\u202egpj.p12',
        ['c\\u001b[2J.pfx', '\r'],
        ['is not a .p12 file', '\u0003'],
      );
      const { raw, exitCode } = await terminal.end();
      expect(exitCode).toBe(130);
      for (const obeyed of [`${esc}]0;PWNED`, '\u202e', `c${esc}[2J`])
        expect(raw).not.toContain(obeyed);
    },
  );
});

describe('characters without width are spelled out', () => {
  test.each([
    ['a space of no width', '\u200b', '\\u200b'],
    ['a soft hyphen', '\u00ad', '\\u00ad'],
    ['a filler', '\u3164', '\\u3164'],
    ['a tag', '\u{e0041}', '\\udb40\\udc41'],
    ['an anchor of an annotation', '\ufff9', '\\ufff9'],
    ['a joiner of hieroglyphs', '\u{13430}', '\\ud80d\\udc30'],
  ])('%s', async (_what, character, spelled) => {
    const path = join(temporaryDirectory(), `com.exam${character}ple.p12`);
    writeFileSync(path, 'no PFX');
    const { stderr } = await createMachine().run(['apns', 'inspect', path], {});
    expect(stderr).toContain(`com.exam${spelled}ple.p12`);
    expect(stderr).not.toContain(character);
  });
});

/** What a runner of CI takes for a command in a line of the log. */
const command = /##\w*\[|^\s*::/m;

describe('no stranger’s text is obeyed by the runner of a CI job', () => {
  test('the reason of a rejection', async () => {
    const Message = '##vso[task.setvariable variable=x]y ##[error]z\n::error::w';
    const answer = {
      body: JSON.stringify({ success: false, Message, MessageID: '::stop-commands::t' }),
    };
    for (const words of [['whoami'], ['api', 'GET', '/x']]) {
      const { stderr } = await ask(answer, words);
      expect(stderr).toContain('# #vso[task.setvariable variable=x]y # #[error]z');
      expect(stderr).not.toMatch(command);
      for (const flags of [['--json'], ['--json', '--compact']]) {
        const { stdout } = await ask(answer, [...words, ...flags]);
        expect(stdout).not.toMatch(command);
        expect(JSON.parse(stdout).error.message).toContain('##vso[task.setvariable variable=x]y');
      }
    }
  });

  test('a user of the tenant, also where a line is broken', async () => {
    const Result = { User: `::add-mask::${'x'.repeat(70)} ::warning::y` };
    const { stdout } = await ask({ body: JSON.stringify({ success: true, Result }) }, ['whoami']);
    expect(stdout).toContain('add-mask');
    expect(stdout).not.toMatch(command);
  });

  test.skipIf(isMissing('openssl'))(
    'a certificate’s subject, a file’s name, a key: every report',
    async () => {
      const directory = temporaryDirectory();
      const path = (name: string) => join(directory, name);
      const [key, cert, p12] = [path('key.pem'), path('##vso[cert]x.pem'), path('##[file]y.p12')];
      const openssl = (words: string, ...more: readonly string[]) =>
        execFileSync('openssl', [...words.split(' '), ...more], { stdio: 'ignore' });
      const subject = '/CN=##vso[task.setvariable variable=x]y/OU=##[group]z/O=::error::w';
      openssl('req -x509 -newkey rsa:2048 -nodes', '-subj', subject, '-keyout', key, '-out', cert);
      openssl('pkcs12 -export -passout pass:secret', '-inkey', key, '-in', cert, '-out', p12);
      const machine = createMachine(path('mfa-cli'));
      const facts = { clientAppKey: '::error::k', topic: '##vso[topic]t' };
      const lines = doneAt('a', 0, { tenant: 'https://a.example', ...facts });
      const profile = { settings: { scope: '::error::s' }, session: null, certificates: [] };
      mkdirSync(machine.directory, { mode: 0o700 });
      const profiles = { current: '##[profile]', profiles: { '##[profile]': profile } };
      writeFileSync(join(machine.directory, 'config.json'), JSON.stringify(profiles), {
        mode: 0o600,
      });
      writeFileSync(ledgerOf(machine.directory), lines.map(encodeLine).join(''), { mode: 0o600 });
      const fleet = `version: 1\ncertificates: { app: { p12: '##[file]y.p12', password: { env: MFA_CLI_P12_PASSWORD } } }\ntenants: { a: { tenant: a.example, certificate: app, client-app-key: '##vso[k]', sign-in: { profile: '##[profile]' } } }\n`;
      writeFileSync(path('fleet.yaml'), fleet);
      const push = ['push', 'send', '--p12', p12, '--dry-run', '--device-token', '0'.repeat(64)];
      const env = { MFA_CLI_P12_PASSWORD: 'secret' };
      const target = ['--topic', '##vso[topic]t', '--client-app-key', '::error::k'];
      for (const [words, shown] of [
        [['apns', 'inspect', p12], '# #vso[task.setvariable variable=x]y'],
        [['apns', 'set', p12, '--dry-run', '--force', ...target], '# #vso[topic]t'],
        [['apns', 'verify', p12, '--topic', '##vso[topic]t'], '# #vso[topic]t'],
        [['apns', 'convert', p12, '--format', 'pem', '--out', path('##[out]z')], '# #[out]z'],
        [
          ['apns', 'pack', '--cert', cert, '--key', key, '--out', path('new.p12')],
          '# #vso[task.setvariable',
        ],
        [['apns', 'pack', '--cert', p12, '--key', key, '--out', path('new.p12')], '# #[file]y.p12'],
        [['apns', 'status'], ': :error::k'],
        [[...push, '--topic', '##vso[topic]t'], '# #vso[topic]t'],
        [['fleet', 'plan', '--file', path('fleet.yaml')], '# #[file]y.p12'],
        [['fleet', 'plan', '--trust', '--file', path('fleet.yaml')], '# #vso[k]'],
        [['profile', 'list'], '# #[profile]'],
        [['profile', 'show'], ': :error::s'],
      ] as const) {
        const { stdout, stderr } = await machine.run(words, { env });
        const line = words.join(' ');
        expect([line, stdout + stderr]).toEqual([line, expect.stringContaining(shown)]);
        expect([line, stdout + stderr]).toEqual([line, expect.not.stringMatching(command)]);
        for (const flags of [['--json'], ['--json', '--compact']]) {
          const json = await machine.run([...words, ...flags], { env });
          expect([line, json.stdout + json.stderr]).toEqual([
            line,
            expect.not.stringMatching(command),
          ]);
        }
      }
      // A program reads what there is.
      const json = await machine.run(['apns', 'inspect', p12, '--json'], { env });
      expect(JSON.parse(json.stdout).certificate.commonName).toBe(
        '##vso[task.setvariable variable=x]y',
      );
    },
  );
});

test.skipIf(process.platform === 'win32')('a hook reads JSON that no log obeys', async () => {
  const hook = recordingHook();
  const key = 'k\u202e\u009b2J##vso[task.complete]';
  const words = ['apns', 'delete', key, '--yes', '--force', '--quiet', ...hook.options];
  const { exitCode } = await ask({ body: JSON.stringify({ success: true, Result: null }) }, words);
  const [call] = hook.calls();
  expect([exitCode, call?.document.clientAppKey]).toEqual([0, key]);
  expect(hook.input()).not.toMatch(/##\w*\[|[\u202e\u009b]/);
});

describe('api to a pipe', () => {
  test.each<[string, Uint8Array]>([
    ['control characters', Buffer.from(`${esc}[31m\u202e\u009b"\r\n`)],
    ['a byte order mark', Buffer.from('\ufeff{}\n')],
    ['what is not UTF-8', Buffer.from([0xff, 0x00, 0xe9, 0x0a])],
  ])('gives %s byte by byte', async (_case, bytes) => {
    const { origin } = await startServer([(response) => response.end(bytes)]);
    const env = { ...token, MFA_CLI_TENANT: origin };
    const { stdout } = await createMachine().run(['api', 'GET', '/x'], { env });
    expect(stdout).toBe(Buffer.from(bytes).toString());
  });

  test.skipIf(isMissing('bash'))('on the wire, too', async () => {
    const bytes = Buffer.from([0xff, 0x1b, 0x5b, 0x6d, 0x0a]);
    const { origin } = await startServer([(response) => response.end(bytes)]);
    const line = `MFA_CLI_TENANT='${origin}' mfa-cli api GET /x | od -An -tx1`;
    const { stdout } = await runShell(line, { ...cleanEnvironment(), ...token });
    expect(stdout.trim()).toBe('ff 1b 5b 6d 0a');
  });
});

describe('JSON of any depth and any number of members', () => {
  const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
  const many = (value: string, number: number) =>
    `{"success":true,"Result":[${Array(number).fill(value).join()}]}`;
  test.each<[string, readonly string[], string]>([
    ['api as text', ['api', 'GET', '/x'], deep(2500)],
    ['api as JSON', ['api', 'GET', '/x', '--json'], deep(2500)],
    ['whoami', ['whoami'], `{"success":true,"Result":${deep(100_000)}}`],
    ['api with many members', ['api', 'GET', '/x', '--json'], many('0', 916_000)],
    ['whoami with many secrets', ['whoami', '--json'], many('{"password":"hunter2"}', 350_000)],
  ])('%s ends with 7', async (_case, words, body) => {
    const { exitCode, stdout, stderr } = await ask({ body }, words);
    expect([exitCode, stderr]).toEqual([7, expect.not.stringContaining('call stack')]);
    if (words.includes('--json')) expect(JSON.parse(stdout).error.code).toBe('tenant-not-json');
  });

  test('a token in it is not shown', async () => {
    const body = `{"access_token":"hunter22","x":${deep(200)}}`;
    const { stdout } = await ask({ body }, ['api', 'GET', '/x']);
    expect(stdout).not.toContain('hunter22');
  });

  test('a token answer, too', async () => {
    const { origin } = await startServer([{ body: deep(5000) }]);
    const user = { MFA_CLI_CLIENT_ID: 'ci@example.com', MFA_CLI_CLIENT_SECRET: 'a-client-secret' };
    const env = { MFA_CLI_TENANT: origin, ...user };
    const { exitCode, stderr } = await createMachine().run(['whoami'], { env });
    expect([exitCode, stderr]).toEqual([7, expect.not.stringContaining('call stack')]);
  });
});
