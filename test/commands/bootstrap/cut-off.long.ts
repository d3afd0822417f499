import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sessionOf } from '../../emulator/security-session.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { makeApplication, startBare, startFront } from './ready-tenant.ts';

test.each([
  'lost',
  // It was done, and nobody was told.
  'unanswered',
] as const)(
  'runs that are cut off (%s) after each call that changes something come to a service user whose password opens the tenant',
  async (kind) => {
    const tenant = await startBare();
    const { faults, url } = tenant.emulator;
    const file = join(temporaryDirectory(), 'ci.secret');
    const more = ['--service-user', 'pipe@example.com', '--secret-file', file];
    const left = new Set<string>();
    const state = () => `${tenant.state()}${existsSync(file)}`;
    let exitCode = 7;
    for (let nth = 1; exitCode !== 0; left.add(state())) {
      const before = state();
      faults.addFrom(nth, kind);
      exitCode = (await tenant.bootstrap(['--yes', ...more])).exitCode;
      faults.clear();
      expect([0, 2, 7, 8]).toContain(exitCode);
      // The user was not made: the file is in the way, which is said.
      if (exitCode === 2) rmSync(file);
      if (state() === before) nth++;
    }
    // As many calls change something.
    expect(left.size).toBe(11);
    expect((await tenant.bootstrap(['--yes', ...more])).exitCode).toBe(0);
    const client_secret = readFileSync(file, 'utf8').trimEnd();
    const grant = { grant_type: 'client_credentials', scope: 'all', client_id: 'pipe@example.com' };
    const body = new URLSearchParams({ ...grant, client_secret });
    const answer = await fetch(`${url}/OAuth2/Token/mfa-cli-pipelines`, { method: 'POST', body });
    expect(answer.status).toBe(200);
  },
);

test('an application of somebody else whose names have lines of their own forges no line of the plan', async () => {
  const tenant = await startBare();
  const AllowedClients = ['evil\n  keep    role         mfa-cli\u001b[2J'];
  const OAuthProfile = { TargetIsUs: true, ClientIDType: 0, AllowedClients };
  await makeApplication(tenant, { Name: 'Theirs', ServiceName: 'mfa-cli', OAuthProfile });
  const env = {
    MFA_CLI_TOKEN: await sessionOf(tenant.emulator),
    MFA_CLI_TENANT: tenant.emulator.url,
  };
  const { stdout } = await tenant.machine.run(['bootstrap', '--dry-run'], { env });
  expect(stdout).toContain('AllowedClients: evil\\u000a  keep    role         mfa-cli\\u001b[2J');
  const lines = stdout.split('\n').filter((line) => /^ {2}\w+ +role /.test(line));
  expect(lines).toEqual(['  create  role         mfa-cli']);
});

test('a step that had nothing to do, and that somebody undoes meanwhile, is not said to be done', async () => {
  const tenant = await startBare();
  await tenant.bootstrap();
  let reads = 0;
  const front = await startFront(tenant.emulator.url, (path, body) => {
    // The plan, the deed and the proof each read the application.
    if (path !== '/SaasManage/GetApplication' || ++reads !== 3) return null;
    return { body: body.replace('"AllowedClients":["mfa-cli"]', '"AllowedClients":[]') };
  });
  const { exitCode, report } = await tenant.bootstrap(['--yes', '--tenant', front, '--port', '1']);
  expect(exitCode).toBe(8);
  expect(report).toMatchObject({ ok: false, error: { code: 'tenant-refused' } });
  expect(report.error?.message).toContain('Step client (mfa-cli)');
});
