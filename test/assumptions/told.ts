import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import {
  type AssumptionName,
  type Assumptions,
  assumptions,
} from '../../src/emulator/assumptions.ts';
import type { Emulator } from '../../src/emulator/tenants.ts';
import type { createMachine } from '../support/context.ts';

/** The assumptions that a probe can tell, by whose session tells them: of one who set a certificate, or who has no right. */
const tellable: Readonly<Record<'administrator' | 'user', readonly AssumptionName[]>> = {
  administrator: [
    ...(['mobile-parameters', 'missing-parameter', 'tenant-config', 'advanced-config'] as const),
    ...([
      'app-id-case',
      'client-id-case',
      'scope-case',
      'redirect-any-port',
      'redirect-localhost',
    ] as const),
    ...(['access-token', 'discovery', 'absent-name'] as const),
  ],
  user: ['missing-right'],
};

export interface Row {
  readonly assumption: AssumptionName;
  readonly found: string | null;
  readonly evidence: string;
}

/** Those that only whoever set a certificate can tell. */
const bySetter: readonly AssumptionName[] = [
  'mobile-parameters',
  'missing-parameter',
  'tenant-config',
  'advanced-config',
];

/** All that `doctor` and its probe may ask for. */
const reads: readonly string[] = [
  '/mfa-cli/.well-known/openid-configuration',
  '/SysInfo/About',
  '/Security/WhoAmI',
  '/Core/GetTenantConfig',
  '/TenantConfig/GetAdvancedConfig',
  '/OAuth2/Authorize/mfa-cli',
  '/OAuth2/Authorize/MFA-CLI',
  '/SaasManage/GetRoleIdFromName',
];

/** Where the probe is rehearsed: its tenant's state and the machine's are not to change. */
interface Rehearsal {
  readonly machine: ReturnType<typeof createMachine>;
  readonly emulator: Emulator;
  readonly stateFile: string;
  readonly now: Date;
}

/**
 * Runs `doctor --probe` as the administrator, who has set a certificate, and as the user of the profile `phone`: each
 * value that can be told is, for the others it is said that they cannot; what is told is never wrong, whoever asks; and
 * nothing changes.
 */
export async function expectTold(
  assumed: Assumptions,
  { machine, emulator, stateFile, now }: Rehearsal,
): Promise<void> {
  const files = () =>
    [stateFile, join(machine.directory, 'config.json')].map((path) => readFileSync(path, 'utf8'));
  const [before, requests] = [files(), emulator.requests.length];
  const probe = async (profile: string): Promise<readonly Row[]> => {
    const argv = ['doctor', '--probe', '--json', '--profile', profile];
    return JSON.parse((await machine.run(argv, { now })).stdout).probe;
  };
  const told = { administrator: await probe('default'), user: await probe('phone') };
  const of = (who: keyof typeof told, name: AssumptionName): Row =>
    told[who].find(({ assumption }) => assumption === name) as Row;
  const paths = emulator.requests.slice(requests).map(({ path }) => path);

  for (const name of Object.keys(assumptions) as AssumptionName[]) {
    const by = (['administrator', 'user'] as const).find((who) => tellable[who].includes(name));
    // Without a name in the session, nobody can be told from who set the certificate.
    const isNameless = assumed['access-token'] === 'opaque' && bySetter.includes(name);
    if (by !== undefined && !isNameless)
      expect(of(by, name)).toMatchObject({ found: assumed[name] });
    for (const who of ['administrator', 'user'] as const)
      expect(of(who, name)).toEqual({
        assumption: name,
        found: by === undefined ? null : expect.toBeOneOf([assumed[name], null]),
        evidence: expect.stringMatching(
          by === undefined ? /^cannot be tested without changing something: / : /./,
        ),
      });
  }
  expect(files()).toEqual(before);
  expect(paths.filter((path) => !reads.includes(path))).toEqual([]);
  expect(paths.length).toBeLessThan(60);
}
