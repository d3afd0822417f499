import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createMachine } from '../support/context.ts';
import { p12Path } from '../support/fixtures.ts';
import { startAnswering } from '../support/http.ts';
import {
  cleanEnvironment,
  ctrlC,
  enter,
  openCommand,
  openTerminal,
  programCommand,
  runProgram,
  shellCommand,
} from '../support/process.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { startTenant } from '../support/tenant.ts';
import { isMissing } from '../support/tools.ts';

const good = p12Path('01-default-aes256');
const key = 'com.example.lab';

/** The redirect that ends a sign-in, without going there. */
async function addressThatTheBrowserEndsOn(url: string): Promise<string> {
  let address = url;
  let cookies = '';
  while (!address.includes('/callback?')) {
    const response = await fetch(address, { redirect: 'manual', headers: { cookie: cookies } });
    cookies = response.headers
      .getSetCookie()
      .map((cookie) => cookie.split(';')[0])
      .join('; ');
    address = new URL(response.headers.get('location') ?? '', address).href;
  }
  return address;
}

describe.skipIf(isMissing('script'))('the password of a .p12', () => {
  test('is asked for hidden, until it is right', async () => {
    const terminal = openTerminal(['apns', 'inspect', good], cleanEnvironment());
    await terminal.read('Password of');
    // Ctrl-T, by which inquirer would show it.
    terminal.type(`tangerine\u0014${enter}`);
    await terminal.read('Wrong password, or the file is damaged. 2 attempts left.');
    await terminal.read('Password of');
    terminal.type(`secret${enter}`);
    await terminal.read(key);
    const { exitCode, screen, restored } = await terminal.end();
    expect([exitCode, restored]).toEqual([0, true]);
    expect(screen).not.toContain('tangerine');
    // Nobody had judged the password yet.
    expect(screen).not.toContain('✓ Password');
  });
});

describe.skipIf(isMissing('script'))('a question that is answered with yes or no', () => {
  const hostile = 'a\u001b]0;PWNED\u0007\u202e';

  /** What is left of a profile after these answers about removing it, and the screen as it came. */
  async function removing(...answers: readonly string[]) {
    const env = cleanEnvironment();
    const machine = createMachine(env.MFA_CLI_CONFIG_DIR);
    await machine.run(['profile', 'set', 'scope', 'all', '--profile', hostile]);
    const terminal = openTerminal(['profile', 'remove', hostile], env);
    for (const [index, answer] of answers.entries()) {
      await terminal.answer([
        index === 0 ? 'Remove the profile' : 'Type y or n',
        `${answer}${enter}`,
      ]);
    }
    const { exitCode, raw } = await terminal.end();
    expect(raw).toContain('"a\\u001b]0;PWNED\\u0007\\u202e"');
    expect(raw).not.toContain('\u001b]0;PWNED');
    expect(raw).not.toContain('\u202e');
    const { stdout } = await machine.run(['profile', 'list', '--json']);
    return [exitCode, JSON.parse(stdout).profiles.length];
  }

  test.each([
    ['Return alone', [''], 130, 1],
    ['n', ['n'], 130, 1],
    ['NO', ['NO'], 130, 1],
    ['another word, and then y', ['yeah', 'y'], 0, 0],
    ['Yes', ['Yes'], 0, 0],
  ])('obeys %s', async (_name, answers, exitCode, left) => {
    expect(await removing(...answers)).toEqual([exitCode, left]);
  });
});

test.skipIf(isMissing('script')).each([
  ['Ctrl-D', '\u0004'],
  ['Ctrl-C after some letters', `abc${ctrlC}`],
])('%s at the question ends with 130', async (_name, keys) => {
  const terminal = openTerminal(['apns', 'inspect', good], cleanEnvironment());
  await terminal.read('Password of');
  terminal.type(keys);
  expect(await terminal.end()).toMatchObject({ exitCode: 130, restored: true });
});

test.skipIf(isMissing('script'))('SIGTERM at the question ends with 143', async () => {
  const line = `echo "it is $$."; exec ${shellCommand} apns inspect '${good}'`;
  const terminal = openCommand(['sh', '-c', line], cleanEnvironment());
  const program = Number(/\d+/.exec(await terminal.read(/it is \d+\./))?.[0]);
  await terminal.read('Password of');
  process.kill(program, 'SIGTERM');
  expect(await terminal.end()).toMatchObject({ exitCode: 143, restored: true });
});

describe.skipIf(isMissing('script') || isMissing('bash'))('Ctrl-Z and fg in a shell', () => {
  test.each([
    ['a password', `apns inspect '${good}'`, 'Password of', `secret${enter}`],
    ['a choice', 'apns inspect --no-color', 'Which .p12?', `${enter}`],
    ['a line', 'login', 'Tenant URL or host', `http://secret.example${enter}`],
  ])(
    'come back to %s, and the shell reads nothing of the answer',
    async (_name, words, question, typed) => {
      const directory = temporaryDirectory();
      copyFileSync(good, join(directory, 'cert.p12'));
      const shell = ['bash', '--norc', '--noprofile', '-i'];
      const terminal = openCommand(
        shell,
        { ...cleanEnvironment(), PS1: 'ready> ', HISTFILE: '' },
        directory,
      );
      await terminal.answer(['ready> ', `${shellCommand} ${words}${enter}`], question);
      // Twice, since readline handles the first one otherwise than the second.
      for (const half of ['', 'x']) {
        terminal.type(`${half}\u001a`);
        await terminal.read(/Stopped[\s\S]*ready> /);
        terminal.type(`fg${enter}`);
        await terminal.read(question);
      }
      terminal.type(typed);
      await terminal.read(words.includes(good) ? key : /Password of cert\.p12|must use https/);
      if (!words.includes(good)) terminal.type(ctrlC);
      await terminal.read('ready> ');
      terminal.type(`history; exit 0${enter}`);
      const { exitCode, raw, restored } = await terminal.end();
      expect([exitCode, restored]).toEqual([0, true]);
      expect(raw.slice(raw.indexOf('history; exit 0'))).not.toContain('secret');
      expect(raw).not.toMatch(/command not found|Interrupted[\s\S]*Interrupted/);
    },
  );
});

test.skipIf(isMissing('script'))('the terminal can be a file that is named', async () => {
  const words = ['apns', 'inspect', good, '--password-file', '/dev/tty'];
  const line = `echo ready; exec ${[shellCommand, ...words].join(' ')}`;
  const terminal = openCommand(['sh', '-c', line], cleanEnvironment());
  await terminal.read('ready');
  await new Promise((done) => setTimeout(done, 500));
  terminal.type(`secret${enter}\u0004`);
  await terminal.read(key);
  expect(await terminal.end()).toMatchObject({ exitCode: 0, restored: true });
});

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const color = /\u001b\[[0-9;]*m/;

describe.skipIf(isMissing('script'))('a question and its answer', () => {
  const answered = async (words: readonly string[]) => {
    const directory = temporaryDirectory();
    copyFileSync(good, join(directory, 'cert.p12'));
    const terminal = openTerminal(['apns', 'inspect', ...words], cleanEnvironment(), directory);
    await terminal.answer(['Which .p12?', enter], ['Password of', `secret${enter}`], key);
    return (await terminal.end()).raw;
  };

  test('have color, and none with --no-color', async () => {
    expect(await answered([])).toMatch(color);
    expect(await answered(['--no-color'])).not.toMatch(color);
  });
});

describe.skipIf(isMissing('script'))('a tenant that takes its time', () => {
  const waiting = async (size: string, seconds = 2) => {
    const url = await startAnswering(() => {});
    const env = cleanEnvironment({ MFA_CLI_TOKEN: 'token', MFA_CLI_TENANT: url });
    const command = [...programCommand, 'whoami', '--timeout', String(seconds)];
    return openCommand(command, env, undefined, size).end();
  };

  test('is waited for with a spinner', async () => {
    const { exitCode, screen, restored } = await waiting('cols 100 rows 40');
    expect([exitCode, restored]).toEqual([7, true]);
    expect(screen).toMatch(/Waiting for 127\.0\.0\.1:\d+/);
  });

  test('is counted in seconds after three', async () => {
    const { screen } = await waiting('cols 100 rows 40', 5);
    expect(screen).toMatch(/Waiting for 127\.0\.0\.1:\d+, \d s/);
    expect(screen).not.toMatch(/, [012] s/);
  });

  test('ends with Ctrl-C on a line of its own', async () => {
    const url = await startAnswering(() => {});
    const env = cleanEnvironment({ MFA_CLI_TOKEN: 'token', MFA_CLI_TENANT: url });
    const terminal = openTerminal(['whoami'], env);
    await terminal.read(/Waiting for 127\.0\.0\.1:\d+/);
    terminal.type(ctrlC);
    const { exitCode, screen, restored } = await terminal.end();
    expect([exitCode, restored]).toEqual([130, true]);
    expect(screen).toMatch(/\^C\r?\n/);
  });

  test('is waited for without one in a terminal without a width', async () => {
    const { exitCode, screen } = await waiting('cols 0 rows 0');
    expect(exitCode).toBe(7);
    expect(screen).not.toContain('Waiting for');
  });
});

describe.skipIf(isMissing('script'))('login', () => {
  test('without a browser takes the address that the browser ended on', async () => {
    const { emulator, login } = await startTenant();
    const env = cleanEnvironment();
    const terminal = openTerminal([...login, '--no-browser'], env);
    const url = await terminal.read(/http:\/\/127\.0\.0\.1:\d+\/OAuth2\/Authorize\S+/);
    await terminal.answer(
      ['paste the address', `http://127.0.0.1/callback?code=1${enter}`],
      ['! This address is incomplete', `${await addressThatTheBrowserEndsOn(url)}${enter}`],
      'Signed in',
    );
    expect(await terminal.end()).toMatchObject({ exitCode: 0, restored: true });
    expect((await runProgram(['whoami'], env)).stdout).toContain(emulator.administrator.user);
  });

  test('ends with 130 at Ctrl-D when asked about another user, and revokes the session', async () => {
    const { emulator, login } = await startTenant();
    const words = [...login, '--no-browser', '--login-hint', 'somebody@example.com'];
    const terminal = openTerminal(words, cleanEnvironment());
    const url = await terminal.read(/http:\/\/127\.0\.0\.1:\d+\/OAuth2\/Authorize\S+/);
    const address = await addressThatTheBrowserEndsOn(url.replace(/&login_hint=[^&]*/, ''));
    await terminal.answer(
      ['paste the address', `${address}${enter}`],
      ['Keep this session?', '\u0004'],
    );
    expect(await terminal.end()).toMatchObject({ exitCode: 130, restored: true });
    const paths = emulator.requests
      .map(({ path }) => path)
      .filter((path) => path.includes('Revoke'));
    expect(paths).toEqual(['/OAuth2/Revoke/mfa-cli', '/OAuth2/Revoke/mfa-cli']);
  });
});
