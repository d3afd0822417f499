import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createMachine, testNow } from '../../support/context.ts';
import { shellProgram } from '../../support/programs.ts';
import { issuingLine } from '../../support/push-authority.ts';
import { passwords, renewalIn, roundName } from '../../support/renewal.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { isMissing } from '../../support/tools.ts';

// The clock of a story stands still while a program runs.
test.skipIf(process.platform === 'win32' || isMissing('openssl'))(
  'a certificate that the issuer made while it ran is valid by then',
  async () => {
    const directory = join(temporaryDirectory(), 'push');
    const made = join(directory, `${roundName}.cer`);
    const later = new Date(testNow.getTime() + 60_000);
    const now = (): Date => (existsSync(made) ? later : testNow);
    const issuer = shellProgram(
      issuingLine(temporaryDirectory(), { notBefore: '20261124160030Z' }),
    );
    const words = renewalIn(directory, '--issuer', issuer, '--no-verify', '--json');
    await createMachine().run(words, { env: passwords, now });
    const { rounds } = JSON.parse(readFileSync(join(directory, 'mfa-renew.json'), 'utf8'));
    expect(rounds[0].packed?.file).toBe(`${roundName}.p12`);
  },
);
