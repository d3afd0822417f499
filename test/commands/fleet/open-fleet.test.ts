import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import type { FleetOptions } from '../../../src/commands/fleet/open-fleet.ts';
import { type OpenedFleet, openFleet } from '../../../src/commands/fleet/open-fleet.ts';
import type { Context, Environment } from '../../../src/context.ts';
import { CliError } from '../../../src/errors/cli-error.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { generatedFleet } from './generated-fleet.ts';

function open(
  options: FleetOptions,
  env: Environment = {},
  stdin = '',
  secretVariables: string[] = [],
): Promise<OpenedFleet> {
  const { signal } = new AbortController();
  const terminal = { streams: { stdin: Readable.from([Buffer.from(stdin)]) } };
  const context = { env, signal, secretVariables, patience: 1000, terminal };
  return openFleet(options, context as unknown as Context);
}

function fileOf(content: string | Uint8Array): string {
  const file = join(realpathSync(temporaryDirectory()), 'fleet.yaml');
  writeFileSync(file, content);
  return file;
}

async function failureOf(opening: Promise<OpenedFleet>): Promise<readonly string[]> {
  const error = await opening.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof CliError) return [error.code, ...error.lines];
  throw error ?? new Error('it opens');
}

test('variables of secrets are those of every tenant and certificate', async () => {
  const file = fileOf(`version: 1
certificates:
  app: { p12: { env: APP_P12 }, password: { env: APP_PASSWORD } }
  other: { p12: other.p12, password: { file: other.password } }
tenants:
  one: { tenant: https://one.example.com, certificate: app, sign-in: { token: { env: ONE_TOKEN } } }
  two:
    tenant: https://two.example.com
    certificate: other
    sign-in: { client-id: ci@two, client-secret: { env: TWO_SECRET } }
  three: { tenant: https://three.example.com, certificate: app, sign-in: { profile: three } }
`);
  const known: string[] = [];
  await open({ file, only: ['three'] }, {}, '', known);
  expect(known).toEqual(['APP_P12', 'APP_PASSWORD', 'ONE_TOKEN', 'TWO_SECRET']);
});

test('a fleet is opened from its file, with its record beside it', async () => {
  const file = fileOf(`\ufeff${generatedFleet(30)}`);
  const opened = await open({ file, only: ['tenant-3', 'tenant-1'] });
  expect(opened.fleet.tenants.map(({ name }) => name)).toEqual(['tenant-1', 'tenant-3']);
  expect(opened.fleet.certificates.get('app')?.p12).toMatchObject({ path: join(file, '../certs/app.p12') });
  expect(opened).toMatchObject({ file, recordPath: join(file, '../fleet.record.json'), shard: null });
  expect((await open({ file, record: 'elsewhere.json' })).recordPath).toBe('elsewhere.json');
});

test('the way to a fleet goes on from where a link has led to, `..` included', async () => {
  const directory = realpathSync(temporaryDirectory());
  for (const name of ['a', 'a/b', 'c']) mkdirSync(join(directory, name));
  symlinkSync('../a/b', join(directory, 'c/link'));
  writeFileSync(join(directory, 'a/fleet.yaml'), generatedFleet(1));
  const { fleet } = await open({ file: `${directory}/c/link/../fleet.yaml` });
  expect(fleet.certificates.get('app')?.p12).toMatchObject({ path: join(directory, 'a/certs/app.p12') });
});

test('a fleet is opened from stdin, whose paths start here', async () => {
  const { fleet, file, recordPath } = await open({ file: '-' }, {}, generatedFleet(2));
  expect([file, fleet.file, recordPath]).toEqual(['-', '-', 'mfa-fleet.record.json']);
  expect(fleet.certificates.get('app')?.p12).toMatchObject({ path: join(process.cwd(), 'certs/app.p12') });
  expect(await failureOf(open({ file: '-' }, {}, 'x'))).toEqual([
    'fleet-file-invalid',
    'standard input has 1 fault',
    'standard input:1:1: the file is no mapping of keys and values',
  ]);
});

test('what cannot be read is told: a file that is missing, other bytes than UTF-8', async () => {
  expect(await failureOf(open({ file: '/nonexistent/f.yaml' }))).toEqual([
    'file-not-found',
    '/nonexistent/f.yaml does not exist',
  ]);
  const file = fileOf(Buffer.from('version: 1\ntenants: {}\n# caf\xe9\n', 'latin1'));
  expect(await failureOf(open({ file }))).toEqual([
    'fleet-file-invalid',
    `${file} has 1 fault`,
    `${file}:3:1: this line is not UTF-8`,
  ]);
  const utf16 = fileOf(Buffer.from('\ufeffversion: 1\n', 'utf16le'));
  expect((await failureOf(open({ file: utf16 }))).at(-1)).toBe(`${utf16}:1:1: this line is not UTF-8`);
});

test('the option says which shard, else a variable, else the number of the pod', async () => {
  const file = fileOf(generatedFleet(40));
  const pod = { JOB_COMPLETION_INDEX: '1', MFA_CLI_SHARDS: '4' };
  const shards = [
    await open({ file, shard: '0/2' }, { MFA_CLI_SHARD: '1/3', ...pod }),
    await open({ file }, { MFA_CLI_SHARD: '1/3', ...pod }),
    await open({ file }, pod),
    await open({ file }, { MFA_CLI_SHARD: '', MFA_CLI_SHARDS: '' }),
  ];
  expect(shards.map(({ shard }) => shard)).toEqual(['0/2', '1/3', '1/4', null]);
  const parts = await Promise.all(['0/3', '1/3', '2/3'].map((shard) => open({ file, shard })));
  expect(parts.flatMap(({ fleet }) => fleet.tenants)).toHaveLength(40);
});

test('half of a shard is a mistake', async () => {
  const file = fileOf(generatedFleet(4));
  for (const [env, message] of [
    [{ MFA_CLI_SHARDS: '4' }, 'MFA_CLI_SHARDS is set, but JOB_COMPLETION_INDEX is not'],
    [{ JOB_COMPLETION_INDEX: '4' }, 'JOB_COMPLETION_INDEX is set, but MFA_CLI_SHARDS is not'],
    [
      { JOB_COMPLETION_INDEX: '4', MFA_CLI_SHARDS: '4' },
      'JOB_COMPLETION_INDEX counts from 0 to one less than MFA_CLI_SHARDS',
    ],
    [{ MFA_CLI_SHARD: '4' }, 'MFA_CLI_SHARD takes I/N'],
  ] as const) {
    const [code, sentence] = await failureOf(open({ file }, env));
    expect(code).toBe('usage');
    expect(sentence).toContain(message);
  }
});
