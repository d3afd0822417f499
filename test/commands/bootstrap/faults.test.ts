import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sessionOf } from '../../emulator/security-session.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { type BareTenant, makeApplication, startBare } from './ready-tenant.ts';

/** The calls that change something, with the step that each of them belongs to, in order. */
const writes = [
  ['/SaasManage/ImportAppFromTemplate', 'application'],
  ['/SaasManage/UpdateApplicationDE', 'application'],
  ['/Roles/StoreRole', 'role'],
  ['/SaasManage/AssignSuperRights', 'right'],
  ['/SaasManage/SetApplicationPermissions', 'permission'],
  ['/SaasManage/AddUsersAndGroupsToRole', 'member'],
] as const;

/** A rerun finds it all there, once, or makes the rest. */
async function expectReady(tenant: BareTenant, more: readonly string[] = []): Promise<void> {
  const rerun = await tenant.bootstrap(['--yes', ...more]);
  expect([rerun.exitCode, rerun.error]).toEqual([0, null]);
  const { applications, roles } = JSON.parse(tenant.state());
  expect(applications).toHaveLength(more.length === 0 ? 1 : 2);
  expect(roles.filter(({ name }: { name: string }) => name === 'mfa-cli')).toHaveLength(1);
}

describe('a step that goes wrong', () => {
  test('is named, and the next run goes on from there', async () => {
    const tenant = await startBare();
    for (const [path, step] of writes) {
      tenant.emulator.faults.add(path, 'refused');
      const broken = await tenant.bootstrap();
      expect(broken.error?.code).toBe('tenant-refused');
      expect(broken.error?.message).toMatch(new RegExp(`^Step ${step} \\(.+\\): .*told to refuse this`));
      expect(broken.error?.hints.join(' ')).toContain('By hand, in the admin portal: ');
      const report = broken.report.steps?.find((one) => one.step === step);
      if (report !== undefined) expect(report).toMatchObject({ action: 'create', verified: false });
    }
    await expectReady(tenant);
  });

  test.each(writes)(
    '%s, that the tenant says it has done, and has not, is noticed at %s',
    async (path, step) => {
      const tenant = await startBare();
      tenant.emulator.faults.add(path, 'ignored');
      const broken = await tenant.bootstrap();
      expect([6, 8]).toContain(broken.exitCode);
      expect(broken.error?.message).toContain(`Step ${step} (`);
      if (step === 'member') expect(broken.error?.message).toContain('shows that it is not done');
    },
  );

  test('after others were done ends with 8, and the report says which', async () => {
    const tenant = await startBare();
    tenant.emulator.faults.add('/SaasManage/AddUsersAndGroupsToRole', 'refused');
    const { exitCode, report } = await tenant.bootstrap();
    const done = ['application', 'client', 'redirect', 'scope', 'role', 'right', 'permission'];
    expect([exitCode, report.ok]).toEqual([8, false]);
    expect(report.steps.map(({ step, verified }) => [step, verified])).toEqual([
      ...done.map((step) => [step, true]),
      ['member', false],
    ]);
  });

  test.each([
    ['/SaasManage/UpdateApplicationDE', 'application', 'Application Management'],
    ['/Roles/StoreRole', 'role', 'Role Management'],
  ])('%s forbidden: at %s the right %s is lacking', async (path, step, right) => {
    const tenant = await startBare();
    tenant.emulator.faults.add(path, 'forbidden');
    const { error } = await tenant.bootstrap();
    expect(error).toMatchObject({
      code: 'tenant-forbidden',
      message: expect.stringContaining(`Step ${step} (`),
    });
    expect(error?.hints.join(' ')).toContain(`"${right}"`);
  });

  test('an application that may not be filled in is not left behind without a name', async () => {
    const tenant = await startBare();
    const before = tenant.state();
    for (const kind of ['refused', 'forbidden'] as const) {
      tenant.emulator.faults.add('/SaasManage/UpdateApplicationDE', kind);
      expect((await tenant.bootstrap()).exitCode).toBe(6);
      expect(JSON.parse(tenant.state()).applications).toEqual(JSON.parse(before).applications);
    }
    // Where that is refused as well, the first refusal is told, and the next run takes it up.
    tenant.emulator.faults.add('/SaasManage/UpdateApplicationDE', 'refused');
    tenant.emulator.faults.add('/SaasManage/DeleteApplication', 'forbidden');
    const broken = await tenant.bootstrap();
    expect([broken.exitCode, broken.error?.code]).toEqual([6, 'tenant-refused']);
    expect(JSON.parse(tenant.state()).applications).toHaveLength(1);
    await expectReady(tenant);
  });

  test.each([
    ['/SaasManage/SetApplicationPermissions', 'refused', false],
    ['/CDirectoryService/CreateUser', 'refused', false],
    ['/CDirectoryService/CreateUser', 'forbidden', false],
    // The tenant may have made the user, whose password is needed then.
    ['/CDirectoryService/CreateUser', 'unanswered', true],
  ] as const)('%s %s: a password that no user has is not left behind', async (path, kind, isKept) => {
    const tenant = await startBare();
    const file = join(temporaryDirectory(), 'ci.secret');
    const more = ['--service-user', 'pipe@example.com', '--secret-file', file];
    tenant.emulator.faults.add(path, kind);
    expect((await tenant.bootstrap(['--yes', ...more])).exitCode).toBe(8);
    expect([existsSync(file), existsSync(`${file}.pending`)]).toEqual([false, isKept]);
    await expectReady(tenant, more);
    expect([existsSync(file), existsSync(`${file}.pending`)]).toEqual([true, false]);
  });

  test.each([
    ['/SaasManage/ImportAppFromTemplate', 'application', 'made an application', 1],
    ['/SaasManage/UpdateApplicationDE', 'application', 'changed the application', 3],
    ['/Roles/StoreRole', 'role', 'made the role', 1],
    ['/SaasManage/AssignSuperRights', 'right', 'given the right to the role', 3],
    ['/SaasManage/SetApplicationPermissions', 'permission', 'changed the permission', 3],
    ['/SaasManage/AddUsersAndGroupsToRole', 'member', 'added the user to the role', 3],
  ])('%s, done without an answer: at %s it may have %s', async (path, step, done, tries) => {
    const tenant = await startBare();
    tenant.emulator.faults.add(path, 'unanswered', tries);
    const { error } = await tenant.bootstrap();
    const times = tries === 1 ? '' : ` (sent ${tries} times)`;
    expect(error).toMatchObject({
      code: 'outcome-unknown',
      message: expect.stringMatching(
        new RegExp(`^Step ${step} \\(.+\\): The tenant did not answer: it may have ${done}`),
      ),
    });
    expect(error?.message.endsWith(times)).toBe(true);
    await expectReady(tenant);
  });

  test('an answer that never comes ends in time', async () => {
    const tenant = await startBare();
    tenant.emulator.faults.add('/Roles/StoreRole', 'silent');
    const broken = await tenant.bootstrap(['--yes', '--timeout', '3']);
    expect(broken).toMatchObject({ exitCode: 8, error: { code: 'outcome-unknown' } });
    expect(broken.error?.message).toBe(
      'Step role (mfa-cli): The tenant did not answer: it may have made the role',
    );
    await expectReady(tenant);
  });

  test('a tenant that does not tell who may run an application is believed, and says so', async () => {
    const tenant = await startBare();
    tenant.emulator.faults.add('/Acl/GetRowAces', 'refused', 9);
    const made = await tenant.bootstrap();
    expect(made.exitCode).toBe(0);
    expect(made.report.steps.find(({ step }) => step === 'permission')).toMatchObject({
      action: 'create',
      verified: null,
    });
  });
});

/** Numbers from one to another. */
function range(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from + 1 }, (_value, index) => from + index);
}

/** Which of a run's API calls are reads at its beginning, and how many there are; the others change something. */
const [reads, writesEnd, all] = [6, 15, 22];
const [firstOfPipelines, lastOfPipelines, allWithPipelines] = [17, 22, 34];

describe('a run that is cut off', () => {
  const pipelines = (): { file: string; more: readonly string[] } => {
    const file = join(temporaryDirectory(), 'ci.secret');
    return { file, more: ['--service-user', 'pipe@example.com', '--secret-file', file] };
  };

  test('has that many calls, when it is not', async () => {
    const tenant = await startBare();
    const { requests } = tenant.emulator;
    const before = requests.length;
    await tenant.bootstrap();
    const calls = requests.slice(before).map(({ path }) => path);
    expect(calls.findIndex((path) => path.includes('ImportApp'))).toBe(reads);
    expect(calls.findLastIndex((path) => path.includes('AddUsers'))).toBe(writesEnd - 1);
    expect(calls).toHaveLength(all);
    const other = await startBare();
    const earlier = other.emulator.requests.length;
    await other.bootstrap(['--yes', ...pipelines().more]);
    const more = other.emulator.requests.slice(earlier).map(({ path }) => path);
    expect(more.findLastIndex((path) => path.includes('ImportApp'))).toBe(firstOfPipelines);
    expect(more.findLastIndex((path) => path.includes('AddUsers'))).toBe(lastOfPipelines);
    expect(more).toHaveLength(allWithPipelines);
  });

  test.each([
    ...[1, reads + 1, writesEnd, all].map((nth) => [nth, 'lost'] as const),
    // It was done, and nobody was told.
    ...range(reads + 1, writesEnd).map((nth) => [nth, 'unanswered'] as const),
  ])('at its %sth call (%s) ends well after a rerun', async (nth, kind) => {
    const tenant = await startBare();
    tenant.emulator.faults.addFrom(nth, kind);
    expect([7, 8]).toContain((await tenant.bootstrap()).exitCode);
    tenant.emulator.faults.clear();
    await expectReady(tenant);
  });

  test.each([
    [firstOfPipelines + 1, 'unanswered'],
    [lastOfPipelines - 1, 'unanswered'],
    [lastOfPipelines, 'lost'],
    [lastOfPipelines, 'unanswered'],
    [lastOfPipelines + 1, 'unanswered'],
  ] as const)(
    'at call %s (%s) leaves a service user whose password opens the tenant in the end',
    async (nth, kind) => {
      const tenant = await startBare();
      const { file, more } = pipelines();
      tenant.emulator.faults.addFrom(nth, kind);
      await tenant.bootstrap(['--yes', ...more]);
      tenant.emulator.faults.clear();
      await expectReady(tenant, more);
      const answer = await fetch(`${tenant.emulator.url}/OAuth2/Token/mfa-cli-pipelines`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          scope: 'all',
          client_id: 'pipe@example.com',
          client_secret: readFileSync(file, 'utf8').trimEnd(),
        }),
      });
      expect(answer.status).toBe(200);
    },
  );
});

describe('--remove that goes wrong', () => {
  test.each([
    ['/SaasManage/DeleteApplication', 'application', 6],
    ['/SaasManage/DeleteRole', 'role', 8],
  ])('%s', async (path, step, exitCode) => {
    const tenant = await startBare();
    const before = tenant.state();
    for (const kind of ['refused', 'ignored', 'unanswered'] as const) {
      await tenant.bootstrap();
      tenant.emulator.faults.add(path, kind);
      const broken = await tenant.bootstrap(['--remove', '--yes']);
      if (kind === 'refused') expect(broken.exitCode).toBe(exitCode);
      expect(broken.exitCode).not.toBe(0);
      expect(broken.error?.message).toContain(`Step ${step} (`);
      await tenant.bootstrap(['--remove', '--yes']);
      expect(tenant.state()).toBe(before);
    }
  });
});

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
