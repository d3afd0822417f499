import { expect, test } from 'vitest';
import { startFleet } from '../support/fleet.ts';
import { enter, openTerminal } from '../support/process.ts';
import { isMissing } from '../support/tools.ts';

test.skipIf(isMissing('script'))(
  'fleet apply asks whether the file is trusted, shows the plan, asks once, and tells how far it is',
  async () => {
    const fleet = await startFleet(3, { delay: 400 });
    const terminal = openTerminal(
      ['fleet', 'apply', '--file', fleet.file, '--concurrency', '1'],
      { ...fleet.env, MFA_CLI_TRUST_FLEET: '' },
      undefined,
      'cols 120 rows 40',
    );
    await terminal.read('reads the file app.p12 for http://127.0.0.1:');
    await terminal.read('mfa-fleet.yaml with this?');
    terminal.type(`y${enter}`);
    const plan = await terminal.read('Send to 3 tenants?');
    expect(plan).toBeDefined();
    expect(fleet.requests()).toEqual([]);
    terminal.type(`y${enter}`);
    await terminal.read(/░ 0 of 3/);
    await terminal.read('✓ t1: set com.example.lab, valid until 2027-12-24');
    await terminal.read(/█+░+ 2 of 3/);
    const { exitCode, screen, restored } = await terminal.end();
    expect([exitCode, restored]).toEqual([0, true]);
    expect(screen).toMatch(/3 tenants: 3 to set[\s\S]*\[issuer-not-apple\][\s\S]*Send to 3 tenants\?/);
    expect(screen).toContain('✓ 3 sent');
  },
);
