import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { applePath } from '../../support/apple-fixtures.ts';
import { createMachine } from '../../support/context.ts';
import { p12Path } from '../../support/fixtures.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const own = { MFA_CLI_P12_PASSWORD: 'secret' };
const wrong = { ...own, MFA_CLI_KEY_PASSWORD: 'not-it-0' };
const app = '--bundle-id com.example.app --team-id A1B2C3D4E5';
const key = 'pack --out OUT --cert @aps.cer --key';
const cert = 'pack --out OUT --key @key.pem --cert';
const request = `request ${app} --out OUT`;

/** Behind `mfa-cli apns`, with the variables where they are others; `@` is a file of test/fixtures/apple, `%` a .p12. */
const lines: readonly (readonly [line: string, env?: Readonly<Record<string, string>>])[] = [
  ['set'],
  ['set %01-default-aes256 --p12 %01-default-aes256'],
  ['set %01-default-aes256 --send-as xml'],
  ['set %01-default-aes256 --warn-days soon'],
  ['set %01-default-aes256 --apns-host example.test --dry-run'],
  ['set %01-default-aes256 --tenant http://127.0.0.1:9'],
  ['inspect %01-default-aes256 --password-command /bin/true --password-file password.txt'],
  ['inspect %01-default-aes256 --password-arg x'],
  ['inspect %01-default-aes256 --password-command='],
  ['inspect', {}],
  ['verify', {}],
  ['request'],
  ['renew'],
  ['inspect %01-default-aes256 --password-command /no/vault'],
  ['inspect %01-default-aes256 --password-command no-such-vault\tread'],
  ['inspect %01-default-aes256 --password-command /etc/passwd'],
  ['status --hook no-such-hook'],
  ['status --hook-arg x'],
  ['status --hook-timeout 5'],
  ['status --hook-must-succeed'],
  ['status --notify-at 30'],
  ['status --hook /bin/true --hook-timeout 0'],
  ['status --hook /bin/true --hook-timeout 86401'],
  ['status --hook /bin/true --notify-at 30,x'],
  ['status --hook /bin/true --notify-at='],
  ['status --hook /bin/true --hook-arg --json'],
  ['delete'],
  ['delete --client-app-key com.example.app --tenant http://127.0.0.1:9'],
  ['inspect %01-default-aes256 --warn-days=-1'],
  ['inspect %01-default-aes256 --fail-on info'],
  ['verify %01-default-aes256 --apns-host https://example.test'],
  ...['0', '1.5', 'soon', '86401', '-1', ''].map(
    (time) => [`prove --prove-timeout=${time}`] as const,
  ),
  ['set %01-default-aes256 --prove --dry-run'],
  ['set %01-default-aes256 --prove --prove-timeout soon'],
  ['set %01-default-aes256 --prove-timeout 9'],
  ['status --profile nobody'],
  ['status --format github'],
  ['convert %01-default-aes256 --format pem --encryption modern'],
  ['convert %01-default-aes256 --out @aps.cer/new.b64'],
  ['convert %31-certonly --format p12'],
  [`${cert} %01-default-aes256`],
  [`${cert} %40-csr-der`],
  [`${cert} %40-html`],
  [`${cert} @key.pem`],
  [`${cert} HALF:aps.cer`],
  [`${key} %40-p8-key-pem`],
  [`${key} @aps.cer`],
  [`${key} %01-default-aes256`],
  [`${key} %40-empty`],
  [`${key} @key-dsa.pem`],
  [`${key} HALF:key.pem`],
  [`${key} @key-md5-des.pem`],
  [`${key} @key-3m-iterations.pem`],
  [`${key} @key-pbes2.pem`, wrong],
  [`${key} @key-header.pem`, wrong],
  [`${key} @key-pbes2.pem`],
  [`${key} @key.pem`, {}],
  [`${key} @key.pem`, { MFA_CLI_P12_PASSWORD: '' }],
  ['pack --out OUT --cert - --key -'],
  ['pack'],
  [`${request} --bundle-id app`],
  [`${request} --bundle-id ../com.example`],
  [`${request} --team-id Example`],
  [`${request} --no-encrypt --new-password-file @password.txt`],
  [`${request} --new-password-file %40-empty`],
  [request, { MFA_CLI_KEY_PASSWORD: '' }],
  ['request --team-id A1B2C3D4E5 --out OUT'],
  ['request --bundle-id com.example.app --out OUT'],
  [`request ${app}`],
  [`request ${app} --out @aps.cer --no-encrypt`],
  [`renew ${app} --dir OUT --if-days-left -1`],
  [`renew ${app} --dir OUT --if-days-left soon`],
  [`renew ${app} --dir OUT`, { MFA_CLI_KEY_PASSWORD: '' }],
  [`renew ${app} --dir OUT --issuer /bin/true --cert aps.cer`],
  [`renew ${app} --dir OUT --issuer-arg x`],
  [`renew ${app} --dir OUT --issuer-timeout 5`],
  [`renew ${app} --dir OUT --issue-again`],
  [`renew ${app} --dir OUT --issuer /bin/true --issuer-timeout 1.5`],
  [`renew ${app} --dir OUT --new-password-file a --password-command /bin/true`],
];

/** The first half of a certificate or a key. */
function halfOf(name: string, directory: string): string {
  const path = join(directory, `half-${name}`);
  const whole = readFileSync(applePath(name));
  const half = whole.subarray(0, whole.length / 2);
  const text = name.endsWith('.pem') && `${half.toString().trimEnd()}\n-----END PRIVATE KEY-----\n`;
  writeFileSync(path, text || half);
  return path;
}

test('what the commands of the family refuse, in which words, and with which code', async () => {
  const directory = temporaryDirectory();
  const told: string[] = [];
  for (const [line, env = own] of lines) {
    const words = line.split(' ').map((word) =>
      word
        .replace(/^OUT$/, join(directory, 'out'))
        .replace(/^@(.*)/, (_, name) => applePath(name))
        .replace(/^%(.*)/, (_, name) => p12Path(name))
        .replace(/^HALF:(.*)/, (_, name) => halfOf(name, directory)),
    );
    const { exitCode, stdout } = await createMachine().run(['apns', ...words, '--json'], { env });
    const { error } = JSON.parse(stdout);
    const written = readdirSync(directory, { recursive: true, withFileTypes: true }).filter(
      (entry) => entry.isFile() && !entry.name.startsWith('half-'),
    );
    if (error === undefined) throw new Error(`${line} is not refused`);
    expect([line, error.exitCode, written]).toEqual([line, exitCode, []]);
    const variables = env === own ? '' : `${JSON.stringify(env)} `;
    told.push(
      `$ ${variables}apns ${line}`,
      `${exitCode} ${error.code}: ${error.message}`,
      ...error.hints,
      '',
    );
  }
  const text = told.join('\n').replaceAll(/(?<![:/\w])\/[^ `]*\/([^/ `]+)/g, '…/$1');
  await expect(text).toMatchFileSnapshot('../../golden/apns-refusals.txt');
});
