import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { children, parse } from '../../../src/pkcs12/asn1.ts';
import type { Pkcs12Encryption } from '../../../src/pkcs12/encode.ts';
import { readEncryption } from '../../../src/pkcs12/encryption.ts';
import { decodePem } from '../../../src/pkcs12/pem.ts';
import { readPushIdentity } from '../../../src/pkcs12/push-identity.ts';
import { Secret } from '../../../src/text/secret.ts';
import { applePath } from '../../support/apple-fixtures.ts';
import { isThorough } from '../../support/patience.ts';
import { cleanEnvironment, runProgram } from '../../support/process.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

test.each<Pkcs12Encryption>(isThorough ? ['modern', 'legacy'] : ['legacy'])(
  'the password of a new .p12 is costly to guess: %s',
  async (encryption) => {
    const out = join(temporaryDirectory(), 'new.p12');
    const files = ['--cert', applePath('aps.cer'), '--key', applePath('key.pem'), '--out', out];
    const argv = ['apns', 'pack', ...files];
    const env = cleanEnvironment({ MFA_CLI_P12_PASSWORD: 'secret' });
    expect(await runProgram([...argv, '--encryption', encryption], env)).toMatchObject({ exitCode: 0 });
    const file = { name: 'new.p12', bytes: readFileSync(out) };
    const { container } = await readPushIdentity(file, new Secret('secret'));
    expect(container.iterations).toEqual({ highest: 100_000, total: 300_000 });
  },
);

test('so is that of a new key', async () => {
  const directory = temporaryDirectory();
  const argv = ['apns', 'request', '--bundle-id', 'com.example.app', '--team-id', 'A1B2C3D4E5'];
  const env = cleanEnvironment({ MFA_CLI_KEY_PASSWORD: 'secret' });
  expect(await runProgram([...argv, '--out', directory], env)).toMatchObject({ exitCode: 0 });
  const [key = expect.unreachable()] = readdirSync(directory).filter((name) => /key/.test(name));
  const [block = expect.unreachable()] = decodePem(readFileSync(join(directory, key)));
  const { iterations } = readEncryption(children(parse(block.der))[0]);
  expect(iterations).toBe(100_000);
});
