import { describe, expect, test } from 'vitest';
import { sessionOf } from '../../emulator/security-session.ts';
import { makeApplication, startBare } from './ready-tenant.ts';

describe('an application of somebody else', () => {
  test('whose names have lines of their own forges no line of the plan', async () => {
    const tenant = await startBare();
    const forged = 'evil\n  keep    role         mfa-cli\u001b[2J';
    await makeApplication(tenant, {
      Name: 'Theirs',
      ServiceName: 'mfa-cli',
      OAuthProfile: { TargetIsUs: true, ClientIDType: 0, AllowedClients: [forged] },
    });
    const { emulator, machine } = tenant;
    const env = { MFA_CLI_TOKEN: await sessionOf(emulator), MFA_CLI_TENANT: emulator.url };
    const { stdout } = await machine.run(['bootstrap', '--dry-run'], { env });
    expect(stdout).toContain('AllowedClients: evil\\u000a  keep    role         mfa-cli\\u001b[2J');
    expect(stdout.split('\n').filter((line) => /^ {2}\w+ +role /.test(line))).toEqual([
      '  create  role         mfa-cli',
    ]);
  });

  test('and a role of somebody else: --remove says what stays', async () => {
    const tenant = await startBare();
    await makeApplication(tenant, {
      Name: 'Theirs',
      ServiceName: 'mfa-cli',
      OAuthProfile: { TargetIsUs: true, ClientIDType: 0 },
    });
    await tenant.ask('/Roles/StoreRole', { Name: 'mfa-cli', RoleType: 'PrincipalList' });
    await tenant.bootstrap();
    const removed = await tenant.bootstrap(['--remove', '--yes']);
    expect(removed.stderr).toContain("The application mfa-cli is somebody else's: ");
    expect(removed.stderr).toContain("The role mfa-cli is somebody else's: its right, its members");
    const other = await startBare();
    await other.bootstrap();
    expect((await other.bootstrap(['--remove', '--yes'])).stderr).not.toContain('somebody else');
  });
});
