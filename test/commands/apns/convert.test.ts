import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createMachine } from '../../support/context.ts';
import { secretPassword as env, p12Path } from '../../support/fixtures.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { isMissing } from '../../support/tools.ts';

const good = p12Path('01-default-aes256');

test.skipIf(isMissing('openssl')).each(['modern', 'legacy'])(
  'apns convert to a %s .p12 that OpenSSL opens',
  async (encryption) => {
    const directory = temporaryDirectory();
    const [out, password] = [join(directory, 'new.p12'), join(directory, 'password.txt')];
    writeFileSync(password, 'pässwörd 🔑\n');
    const words = ['--encryption', encryption, '--new-password-file', password, '--out', out];
    const { exitCode } = await createMachine().run(['apns', 'convert', good, ...words], { env });
    expect(exitCode).toBe(0);
    const argv = ['pkcs12', '-in', out, '-passin', `file:${password}`, '-nodes', '-legacy'];
    const pem = execFileSync('openssl', argv, { encoding: 'utf8' });
    expect(pem).toContain('com.example.lab');
    expect(pem).toContain('BEGIN PRIVATE KEY');
  },
);
