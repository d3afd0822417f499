import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll } from 'vitest';
import type { Emulator } from '../../src/emulator/tenants.ts';
import { createMachine } from './context.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** The command line of a renewal in that directory. */
export function renewalIn(directory: string, ...words: readonly string[]): readonly string[] {
  return ['apns', 'renew', ...app, '--dir', directory, ...words];
}

export const app = ['--bundle-id', 'com.example.app', '--team-id', 'A1B2C3D4E5'];
export const passwords = {
  MFA_CLI_KEY_PASSWORD: 'the-key-password',
  MFA_CLI_P12_PASSWORD: 'the-p12-password',
};

/** Its files, without their endings, if it starts at `testNow`. */
export const roundName = 'com.example.app-2026-11-24';

/** 395 days after `testNow`. */
export const notAfter = '20271224160000Z';

/** Variables of a pipeline that asks the emulator's APNs and may set a certificate at its tenant. */
export function outsideOf({ apns, url, serviceUser }: Emulator) {
  const ca = join(temporaryDirectory(), 'apns-ca.pem');
  writeFileSync(ca, apns.ca);
  return {
    apns: { MFA_CLI_APNS_HOST: apns.host, MFA_CLI_CA_FILE: ca },
    tenant: {
      MFA_CLI_TENANT: url,
      MFA_CLI_CLIENT_ID: serviceUser.user,
      MFA_CLI_CLIENT_SECRET: serviceUser.password,
    },
  };
}

/** Copies a directory whose renewal has waited for Apple since `testNow`; the key is made once for each file. */
export function shareRequest(): () => string {
  const template = join(temporaryDirectory(), 'push');
  beforeAll(async () => {
    await createMachine(`${template}-config`).run(renewalIn(template), { env: passwords });
  });
  return () => {
    const directory = join(temporaryDirectory(), 'push');
    mkdirSync(directory, { mode: 0o700 });
    cpSync(template, directory, { recursive: true });
    return directory;
  };
}
