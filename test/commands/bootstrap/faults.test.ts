import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sessionOf } from '../../emulator/security-session.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { type BareTenant, makeApplication, startBare } from './ready-tenant.ts';

/** The calls that change something, in order: the step of each, what it may have done, and how often it is sent. */
const writes = [
  ['/SaasManage/ImportAppFromTemplate', 'application', 'made an application', 1],
  ['/SaasManage/UpdateApplicationDE', 'application', 'changed the application', 3],
  ['/Roles/StoreRole', 'role', 'made the role', 1],
  ['/SaasManage/AssignSuperRights', 'right', 'given the right to the role', 3],
  ['/SaasManage/SetApplicationPermissions', 'permission', 'changed the permission', 3],
  ['/SaasManage/AddUsersAndGroupsToRole', 'member', 'added the user to the role', 3],
] as const;

/** A rerun finds it all there, once, or makes the rest. */
async function expectReady(tenant: BareTenant, more: readonly string[] = []): Promise<void> {
  const rerun = await tenant.bootstrap(['--yes', ...more]);
  expect([rerun.exitCode, rerun.error]).toEqual([0, null]);
  const { applications, roles } = JSON.parse(tenant.state());
  expect(applications).toHaveLength(more.length === 0 ? 1 : 2);
  expect(roles.filter(({ name }: { name: string }) => name === 'mfa-cli')).toHaveLength(1);
}

function withServiceUser() {
  const file = join(temporaryDirectory(), 'ci.secret');
  return { file, more: ['--service-user', 'pipe@example.com', '--secret-file', file] };
}

describe('a step that goes wrong is named, and the next run goes on from there', () => {
  test('refused', async () => {
    const tenant = await startBare();
    for (const [path, step] of writes) {
      tenant.emulator.faults.add(path, 'refused');
      const { error, report } = await tenant.bootstrap();
      expect(error?.code).toBe('tenant-refused');
      expect(error?.message).toMatch(new RegExp(`^Step ${step} \\(.+\\): .*set up to refuse this`));
      expect(error?.hints.join(' ')).toContain('By hand, in the admin portal: ');
      const told = report.steps?.find((one) => one.step === step);
      if (told !== undefined) expect(told).toMatchObject({ action: 'create', verified: false });
    }
    await expectReady(tenant);
  });

  test.each(writes)('%s, said to be done and not done, at %s', async (path, step) => {
    const tenant = await startBare();
    tenant.emulator.faults.add(path, 'ignored');
    const { exitCode, error } = await tenant.bootstrap();
    expect([6, 8]).toContain(exitCode);
    expect(error?.message).toContain(`Step ${step} (`);
    if (step === 'member') expect(error?.message).toContain('the change is not in effect');
  });

  test('done without an answer', async () => {
    const tenant = await startBare();
    for (const [path, step, done, tries] of writes) {
      tenant.emulator.faults.add(path, 'unanswered', tries);
      const { error } = await tenant.bootstrap();
      const words = `^Step ${step} \\(.+\\): The tenant did not answer: it may have ${done}`;
      expect(error).toMatchObject({
        code: 'outcome-unknown',
        message: expect.stringMatching(new RegExp(words)),
      });
      expect(error?.message.endsWith(` (sent ${tries} times)`)).toBe(tries > 1);
    }
    await expectReady(tenant);
  });

  test('forbidden: the right that is lacking is named', async () => {
    const tenant = await startBare();
    for (const [path, step, right] of [
      ['/SaasManage/UpdateApplicationDE', 'application', 'Application Management'],
      ['/Roles/StoreRole', 'role', 'Role Management'],
    ] as const) {
      tenant.emulator.faults.add(path, 'forbidden');
      const { error } = await tenant.bootstrap();
      expect(error?.code).toBe('tenant-forbidden');
      expect(error?.message).toContain(`Step ${step} (`);
      expect(error?.hints.join(' ')).toContain(`"${right}"`);
    }
  });

  test('without an answer that ever comes, it ends in time', async () => {
    const tenant = await startBare();
    tenant.emulator.faults.add('/Roles/StoreRole', 'silent');
    const broken = await tenant.bootstrap(['--yes', '--timeout', '3']);
    const message = 'Step role (mfa-cli): The tenant did not answer: it may have made the role';
    expect(broken).toMatchObject({ exitCode: 8, error: { code: 'outcome-unknown', message } });
    await expectReady(tenant);
  });
});

test('a failure after others were done ends with 8, and the report says which', async () => {
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

test('an application that may not be filled in is not left behind without a name', async () => {
  const tenant = await startBare();
  const applications = () => JSON.parse(tenant.state()).applications;
  const before = applications();
  for (const kind of ['refused', 'forbidden'] as const) {
    tenant.emulator.faults.add('/SaasManage/UpdateApplicationDE', kind);
    expect((await tenant.bootstrap()).exitCode).toBe(6);
    expect(applications()).toEqual(before);
  }
  // Where that is refused as well, the first refusal is told, and the next run takes it up.
  tenant.emulator.faults.add('/SaasManage/UpdateApplicationDE', 'refused');
  tenant.emulator.faults.add('/SaasManage/DeleteApplication', 'forbidden');
  expect(await tenant.bootstrap()).toMatchObject({ exitCode: 6, error: { code: 'tenant-refused' } });
  expect(applications()).toHaveLength(1);
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
  const { file, more } = withServiceUser();
  tenant.emulator.faults.add(path, kind);
  expect((await tenant.bootstrap(['--yes', ...more])).exitCode).toBe(8);
  expect([existsSync(file), existsSync(`${file}.pending`)]).toEqual([false, isKept]);
  await expectReady(tenant, more);
  expect([existsSync(file), existsSync(`${file}.pending`)]).toEqual([true, false]);
});

test('a tenant that does not tell who may run an application is believed, and says so', async () => {
  const tenant = await startBare();
  tenant.emulator.faults.add('/Acl/GetRowAces', 'refused', 9);
  const { exitCode, report } = await tenant.bootstrap();
  expect(exitCode).toBe(0);
  const permission = report.steps.find(({ step }) => step === 'permission');
  expect(permission).toMatchObject({ action: 'create', verified: null });
});

test.each([
  'lost',
  // It was done, and nobody was told.
  'unanswered',
] as const)(
  'runs that are cut off (%s) after each call that changes something come to a service user whose password opens the tenant',
  async (kind) => {
    const tenant = await startBare();
    const { faults, url } = tenant.emulator;
    const { file, more } = withServiceUser();
    const left = new Set<string>();
    const state = () => `${tenant.state()}${existsSync(file)}${existsSync(`${file}.pending`)}`;
    let exitCode = 7;
    for (let nth = 1; exitCode !== 0; left.add(state())) {
      const before = state();
      faults.addFrom(nth, kind);
      exitCode = (await tenant.bootstrap(['--yes', ...more])).exitCode;
      faults.clear();
      expect([0, 7, 8]).toContain(exitCode);
      if (state() === before) nth++;
    }
    // As many calls change something.
    expect(left.size).toBe(11);
    await expectReady(tenant, more);
    const client_secret = readFileSync(file, 'utf8').trimEnd();
    const grant = { grant_type: 'client_credentials', scope: 'all', client_id: 'pipe@example.com' };
    const body = new URLSearchParams({ ...grant, client_secret });
    const answer = await fetch(`${url}/OAuth2/Token/mfa-cli-pipelines`, { method: 'POST', body });
    expect(answer.status).toBe(200);
  },
);

test.each([
  ['/SaasManage/DeleteApplication', 'application', 6],
  ['/SaasManage/DeleteRole', 'role', 8],
])('--remove that goes wrong at %s is taken up again', async (path, step, exitCode) => {
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

test('an application of somebody else whose names have lines of their own forges no line of the plan', async () => {
  const tenant = await startBare();
  const AllowedClients = ['evil\n  keep    role         mfa-cli\u001b[2J'];
  const OAuthProfile = { TargetIsUs: true, ClientIDType: 0, AllowedClients };
  await makeApplication(tenant, { Name: 'Theirs', ServiceName: 'mfa-cli', OAuthProfile });
  const env = { MFA_CLI_TOKEN: await sessionOf(tenant.emulator), MFA_CLI_TENANT: tenant.emulator.url };
  const { stdout } = await tenant.machine.run(['bootstrap', '--dry-run'], { env });
  expect(stdout).toContain('AllowedClients: evil\\u000a  keep    role         mfa-cli\\u001b[2J');
  const lines = stdout.split('\n').filter((line) => /^ {2}\w+ +role /.test(line));
  expect(lines).toEqual(['  create  role         mfa-cli']);
});
