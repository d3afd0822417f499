import { execFileSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createMachine, type RunOptions } from '../../support/context.ts';
import { secretPassword as env, p12Bytes, p12Path } from '../../support/fixtures.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { isMissing } from '../../support/tools.ts';
import { play, type Stories } from '../stage.ts';

const good = p12Path('01-default-aes256');

const stories: Stories = {
  'inspect tells everything': ['inspect %good --json', 'inspect %good', 'inspect %31-certonly'],
  'inspect ends with 4 from errors on, or from warnings on; a warning is no error': [
    'inspect %good --fail-on error => ok',
    'inspect %good --fail-on warning => ok',
  ],
  'a certificate expires soon from 30 days on, or from those that were asked for': [
    'inspect %good @2027-11-23 => daysLeft code',
    'inspect %good --warn-days 45 @2027-11-23 => daysLeft code',
    'inspect %good --warn-days 45 @2027-11-08 => daysLeft code',
    'inspect %good --warn-days 10 @2027-12-04 => daysLeft code',
    'inspect %good @2027-12-04 => daysLeft code',
  ],
  'the .p12 comes from a file, standard input or a variable': [
    ({ words }) => {
      const base64 = p12Bytes('01-default-aes256').toString('base64');
      Object.assign(words, {
        $P12: [good],
        $BASE64: [base64],
        $LINES: [base64.replace(/.{64}/g, '$&\n')],
      });
    },
    'inspect %good …',
    "inspect - < '%01-default-aes256' …",
    'MFA_CLI_P12_BASE64=$BASE64 inspect …',
    'MFA_CLI_P12_BASE64=$LINES inspect …',
    'MFA_CLI_P12=$P12 inspect …',
    'MFA_CLI_P12=missing.p12 inspect %good …',
    'MFA_CLI_P12=$P12 MFA_CLI_P12_BASE64=$BASE64 inspect …',
    'inspect …',
    "inspect '' …",
  ],
  'the password comes from a variable, a file, standard input or a prompt': [
    (world) => {
      const path = join(temporaryDirectory(), 'password.txt');
      writeFileSync(path, 'secret\r\n');
      Object.assign(world, { env: {}, words: { ...world.words, $CRLF: [path] } });
    },
    'inspect %good --password-file $CRLF …',
    'inspect %good --password-file missing.txt …',
    "inspect %good --password-file - < 'secret\n' …",
    // Only one line break is cut, and no blank.
    "inspect %good --password-file - < 'secret\n\n' …",
    "inspect %good --password-file - < 'secret ' …",
    "inspect - --password-file - < '%01-default-aes256' …",
    "MFA_CLI_P12_PASSWORD=not-it-0 inspect %good --password-file - < 'secret' …",
    'inspect %good ? secret …',
    'inspect %good ? not-it-0 | not-it-4 | secret …',
    'inspect %good ? not-it-1 | not-it-2 | not-it-3 …',
    'inspect %good …',
    'MFA_CLI_P12_PASSWORD= inspect %good …',
    'inspect %21-emptypw …',
    'inspect %21-emptypw ? …',
  ],
};

test('apns inspect', async () => {
  await expect(await play(stories)).toMatchFileSnapshot('../../golden/apns-inspect.txt');
});

const convert = (words: readonly string[], options: RunOptions = {}) =>
  createMachine().run(['apns', 'convert', ...words], { env, ...options });

test('apns convert to base64 is what set sends, and needs no password', async () => {
  const { exitCode, stdout } = await convert([p12Path('70-trailing-crlf')], { env: {} });
  const sent = p12Bytes('70-trailing-crlf').subarray(0, -2).toString('base64');
  expect([exitCode, stdout]).toEqual([0, `${sent}\n`]);
});

test.skipIf(isMissing('openssl')).each(['modern', 'legacy'])(
  'apns convert to a %s .p12 that OpenSSL opens',
  async (encryption) => {
    const directory = temporaryDirectory();
    const [out, password] = [join(directory, 'new.p12'), join(directory, 'password.txt')];
    writeFileSync(password, 'pässwörd 🔑\n');
    const words = ['--encryption', encryption, '--new-password-file', password, '--out', out];
    expect(await convert([good, ...words])).toMatchObject({ exitCode: 0 });
    expect(statSync(out).mode & 0o777).toBe(0o600);
    const argv = ['pkcs12', '-in', out, '-passin', `file:${password}`, '-nodes', '-legacy'];
    const pem = execFileSync('openssl', argv, { encoding: 'utf8' });
    expect(pem).toMatch(
      /com\.example\.lab[\s\S]*BEGIN PRIVATE KEY|BEGIN PRIVATE KEY[\s\S]*com\.example\.lab/,
    );
    const inspect = async (words: readonly string[]) =>
      JSON.parse(
        (await createMachine().run(['apns', 'inspect', ...words, '--json'], { env })).stdout,
      );
    const { certificate } = await inspect([out, '--password-file', password]);
    expect(certificate).toEqual((await inspect([good])).certificate);
  },
);

const pem = [good, '--format', 'pem'];
const clear = /warning: .*private key.* not encrypted/;

test('apns convert to PEM in a file of mode 0600, never over another one', async () => {
  const out = join(temporaryDirectory(), 'cert.pem');
  expect(await convert([...pem, '--out', out])).toMatchObject({
    exitCode: 0,
    stderr: expect.stringMatching(clear),
  });
  expect(statSync(out).mode & 0o777).toBe(0o600);
  expect(readFileSync(out, 'utf8')).toMatch(/BEGIN PRIVATE KEY[\s\S]*BEGIN CERTIFICATE/);
  writeFileSync(out, 'precious');
  expect((await convert([...pem, '--out', out])).exitCode).toBe(2);
  expect(readFileSync(out, 'utf8')).toBe('precious');
  expect((await convert([...pem, '--out', out, '--force'])).exitCode).toBe(0);
  expect(readFileSync(out, 'utf8')).toContain('BEGIN CERTIFICATE');
});

test('apns convert to PEM says that the key is in the clear, and asks before a terminal shows it', async () => {
  const key = expect.stringContaining('BEGIN PRIVATE KEY');
  const terminal = { terminalOutput: true };
  const questions = ['Show the private key on this terminal?'];
  expect(await convert(pem)).toMatchObject({
    exitCode: 0,
    stdout: key,
    stderr: expect.stringMatching(clear),
  });
  const refused = await convert(pem, { answers: [false], ...terminal });
  expect(refused).toMatchObject({ exitCode: 130, stdout: '', questions });
  expect(await convert(pem, { answers: [true], ...terminal })).toMatchObject({
    exitCode: 0,
    stdout: key,
  });
  expect(await convert(pem, terminal)).toMatchObject({ exitCode: 2, stdout: '' });
  expect((await convert([p12Path('31-certonly'), '--format', 'pem'])).stderr).not.toMatch(clear);
  // And no binary in a terminal.
  expect((await convert([good, '--format', 'p12'], terminal)).exitCode).toBe(2);
});
