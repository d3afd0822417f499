import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request as sendRequest } from 'node:http';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { shardOf } from '../../src/commands/fleet/file/fleet.ts';
import type { FleetReport } from '../../src/commands/fleet/report.ts';
import { fixedPasswordsOf } from '../../src/emulator/people.ts';
import { startTenants } from '../../src/emulator/tenants.ts';
import { p12Path } from '../support/fixtures.ts';
import { linesIn } from '../support/fleet-record.ts';
import { readBody, startAnswering } from '../support/http.ts';
import { patience } from '../support/patience.ts';
import { finish, startProgram } from '../support/process.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { commandIn, manifest } from './manifests.ts';

const count = 40;
const shards = manifest('apply.yaml').spec.completions ?? 0;
const all = Array.from({ length: shards }, (_, index) => index);

async function startFleet() {
  const tenants = await startTenants({
    count,
    port: 0,
    stateFile: null,
    autoApprove: false,
    redirectUris: [],
    accessTokenSeconds: 3600,
    passwords: fixedPasswordsOf,
    now: () => new Date(),
  });
  onTestFinished(() => tenants.close());
  return tenants;
}

/** A way to a tenant that takes a request and answers it only once it is let go. */
async function startHeldWay(url: string) {
  let [letGo, arrived]: (() => void)[] = [];
  const free = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const isHeld = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  const { host, port } = new URL(url);
  const origin = await startAnswering(async (request, response) => {
    const body = await readBody(request);
    arrived?.();
    await free;
    const { method = '', url: path = '', headers } = request;
    sendRequest(
      { host: '127.0.0.1', port, method, path, headers: { ...headers, host } },
      (answer) => void answer.pipe(response.writeHead(answer.statusCode ?? 0, answer.headers)),
    ).end(body);
  });
  return { origin, isHeld, letGo: () => letGo?.() };
}

/** The volumes of the pods: the fleet, its secrets as files, and what is kept. */
function volumes(tenants: readonly { name: string; url: string; secret: string }[]): string {
  const directory = temporaryDirectory();
  for (const name of ['fleet', 'secrets', 'state', 'scratch']) mkdirSync(join(directory, name));
  cpSync(p12Path('01-default-aes256'), join(directory, 'secrets/app.p12'));
  writeFileSync(join(directory, 'secrets/app.password'), 'secret');
  for (const { name, secret } of tenants) writeFileSync(join(directory, `secrets/${name}`), secret);
  const entries = tenants.map(
    ({ name, url }) =>
      `  ${name}: { tenant: "${url}", certificate: app, sign-in: { client-id: ci@example.com, client-secret: { file: ../secrets/${name} } } }\n`,
  );
  writeFileSync(
    join(directory, 'fleet/mfa-fleet.yaml'),
    `version: 1\ncertificates: { app: { p12: ../secrets/app.p12, password: { file: ../secrets/app.password } } }\ntenants:\n${entries.join('')}`,
  );
  return directory;
}

test('ten pods, one of them killed and begun again, end with one report without a gap', async () => {
  const { tenants, open } = await startFleet();
  const named = tenants.map(({ name, url, serviceUser }) => ({
    name,
    url,
    secret: serviceUser.password,
  }));
  const last = named.findLast(({ name }) => shardOf(name, shards) === 3);
  const way = await startHeldWay(last?.url ?? '');
  const directory = volumes(
    named.map((tenant) => (tenant === last ? { ...tenant, url: way.origin } : tenant)),
  );
  // As in the image: no HOME, no PATH, nothing but what the manifest says.
  const start = (file: string, index: number | null, ...more: string[]) => {
    const { words, env } = commandIn(file, directory, index);
    return startProgram([...words, ...more], env);
  };
  const killed = start('apply.yaml', 3);
  const ended = finish(killed);
  await way.isHeld;
  const record = join(directory, 'state/record-3.ledger.jsonl');
  const recorded = () =>
    named.filter(({ url }) =>
      linesIn(record).some(({ tenant, outcome }) => tenant === url && outcome === 'done'),
    );
  await expect.poll(() => recorded().length, { timeout: 60_000 * patience }).toBeGreaterThan(0);
  killed.kill('SIGKILL');
  await ended;
  const before = recorded().map(({ name }) => name);
  way.letGo();

  const finished = await Promise.all(all.map((index) => finish(start('apply.yaml', index))));
  expect(finished.map(({ exitCode, stderr }) => [exitCode, exitCode === 0 ? '' : stderr])).toEqual(
    all.map(() => [0, '']),
  );
  const merged = await finish(start('merge.yaml', null, '--json'));
  expect([merged.exitCode, merged.stderr]).toEqual([0, '']);
  const report = JSON.parse(merged.stdout) as FleetReport;
  expect([report.ok, report.shard]).toEqual([true, null]);
  expect(report.tenants.map(({ name }) => name).sort()).toEqual(
    named.map(({ name }) => name).sort(),
  );
  // Nothing was left out, and what the record had was not sent again.
  for (const { name } of named) {
    const sets = open(name).requests.filter(({ path }) => /SetApnsCert/.test(path));
    expect([name, sets.length === 0, sets.every(({ status }) => status === 200)]).toEqual([
      name,
      false,
      true,
    ]);
    if (before.includes(name)) expect([name, sets.length]).toEqual([name, 1]);
  }
  const untouched = report.tenants.filter(({ sent }) => !sent).map(({ name }) => name);
  expect(untouched.sort()).toEqual(before.sort());

  const { words, env } = commandIn('merge.yaml', directory, null);
  for (const others of [words.slice(0, -1), [...words, words.at(-1) ?? '']]) {
    const refused = await finish(startProgram(others, env));
    expect([refused.exitCode === 0, refused.stdout]).toEqual([false, '']);
  }
  const look = await finish(start('status.yaml', null));
  expect([look.exitCode, look.stderr]).toEqual([0, '']);
  const page = readFileSync(join(directory, 'state/status.html'), 'utf8');
  expect([
    page.match(/<tr role="row" data-state="valid"/g)?.length,
    page.includes('record-0.ledger.jsonl, record-1.ledger.jsonl'),
  ]).toEqual([count, true]);
  for (const { secret } of named)
    expect(JSON.stringify([finished, merged, look, page])).not.toContain(`${secret}"`);
});
