import { execFileSync } from 'node:child_process';
import {
  closeSync,
  constants,
  mkdirSync,
  openSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import {
  formatShard,
  parseShard,
  type Selection,
  selectTenants,
  shardOf,
} from '../../../src/commands/fleet/file/fleet.ts';
import { readFleet } from '../../../src/commands/fleet/file/read-fleet.ts';
import {
  type OpenedFleet,
  openFleet,
  requireReportPlace,
} from '../../../src/commands/fleet/open-fleet.ts';
import { planOptions } from '../../../src/commands/fleet/options.ts';
import type { Context, Environment } from '../../../src/context.ts';
import { CliError } from '../../../src/errors/cli-error.ts';
import { globalOptions } from '../../../src/settings/global-options.ts';
import { type ParsedOptions, readOptions } from '../../../src/settings/parser.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { generatedFleet } from './generated-fleet.ts';

function open(
  parsed: ParsedOptions,
  env: Environment = {},
  stdin = '',
  secretVariables: string[] = [],
): Promise<OpenedFleet> {
  const { signal } = new AbortController();
  const terminal = { streams: { stdin: Readable.from([Buffer.from(stdin)]) } };
  const context = { env, signal, secretVariables, pipeTimeout: 1000, terminal };
  const options = readOptions({ ...globalOptions, ...planOptions }, parsed);
  return openFleet(options, context as unknown as Context);
}

function fileOf(content: string | Uint8Array): string {
  const file = join(realpathSync(temporaryDirectory()), 'fleet.yaml');
  writeFileSync(file, content);
  return file;
}

/** Its code and lines. */
async function failureOf(opening: Promise<OpenedFleet>): Promise<readonly string[]> {
  const error: unknown = await opening.catch((reason: unknown) => reason);
  if (error instanceof CliError) return [error.code, ...error.lines];
  throw new Error('it opens', { cause: error });
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
  expect(opened.fleet.certificates.get('app')?.p12).toMatchObject({
    path: join(file, '../certs/app.p12'),
  });
  expect(opened).toMatchObject({
    file,
    recordPath: join(file, '../fleet.ledger.jsonl'),
    shard: null,
  });
  expect((await open({ file, record: 'elsewhere.json' })).recordPath).toBe('elsewhere.json');
});

test('the way to a fleet goes on from where a link has led to, `..` included', async () => {
  const directory = realpathSync(temporaryDirectory());
  for (const name of ['a', 'a/b', 'c']) mkdirSync(join(directory, name));
  symlinkSync('../a/b', join(directory, 'c/link'));
  writeFileSync(join(directory, 'a/fleet.yaml'), generatedFleet(1));
  const { fleet } = await open({ file: `${directory}/c/link/../fleet.yaml` });
  expect(fleet.certificates.get('app')?.p12).toMatchObject({
    path: join(directory, 'a/certs/app.p12'),
  });
});

test('a fleet is opened from stdin, whose paths start here', async () => {
  const { fleet, file, recordPath } = await open({ file: '-' }, {}, generatedFleet(2));
  expect([file, fleet.file, recordPath]).toEqual(['-', '-', 'mfa-fleet.ledger.jsonl']);
  expect(fleet.certificates.get('app')?.p12).toMatchObject({
    path: join(process.cwd(), 'certs/app.p12'),
  });
  expect(await failureOf(open({ file: '-' }, {}, 'x'))).toEqual([
    'fleet-file-invalid',
    'stdin has 1 fault',
    'stdin:1:1: the file must contain key: value pairs',
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
    `${file}:1:1: the file is not UTF-8`,
  ]);
  const utf16 = fileOf(Buffer.from('\ufeffversion: 1\n', 'utf16le'));
  expect((await failureOf(open({ file: utf16 }))).at(-1)).toBe(
    `${utf16}:1:1: the file is not UTF-8`,
  );
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

test.each([
  ['must both be set, or neither', { MFA_CLI_SHARDS: '4' }],
  ['must both be set, or neither', { JOB_COMPLETION_INDEX: '4' }],
  [
    'JOB_COMPLETION_INDEX must be a number below',
    { JOB_COMPLETION_INDEX: '4', MFA_CLI_SHARDS: '4' },
  ],
  ['MFA_CLI_SHARD must be I/N', { MFA_CLI_SHARD: '4' }],
])('half of a shard is a mistake: %s', async (message, env) => {
  const failure = await failureOf(open({ file: fileOf(generatedFleet(4)) }, env));
  expect(failure).toEqual(['usage', expect.stringContaining(message)]);
});

const labels = ['region: eu, ring: canary', 'region: eu, ring: late', 'region: us, ring: late', ''];
const tenants = labels.map(
  (words, index) =>
    `  tenant-${index}: { tenant: t${index}.example, certificate: a, sign-in: { profile: p }, labels: { ${words} } }`,
);
const text = ['version: 1', 'certificates: { a: { p12: a } }', 'tenants:', ...tenants].join('\n');
const labeled = readFleet(text, { file: 'f', directory: '/' });
const another = { index: (shardOf('tenant-0', 9) + 1) % 9, count: 9 };

test.each<[Partial<Selection>, string]>([
  [{}, '0 1 2 3'],
  [{ only: ['tenant-2', 'tenant-0', 'tenant-2'] }, '0 2'],
  [{ label: ['region=eu'] }, '0 1'],
  [{ label: ['region=eu', 'ring=late'] }, '1'],
  [{ only: ['tenant-1', 'tenant-2'], label: ['region=us'] }, '2'],
  [{ only: ['tenant-0'], shard: another }, ''],
  [{ only: ['tenant'] }, 'The fleet has no tenant "tenant"'],
  [{ only: ['tenent-1', 'tenant-1'] }, 'The fleet has no tenant "tenent-1"'],
  [{ only: ['x\u001b[31m'] }, 'The fleet has no tenant "x\\u001b[31m"'],
  [{ label: ['ring=lat'] }, 'No tenant has the label ring=lat'],
  [{ label: ['toString=x'] }, 'No tenant has the label toString=x'],
  [{ label: ['ring'] }, '--label must be KEY=VALUE, but "ring" has no ='],
  [{ only: ['tenant-3'], label: ['ring=late'] }, 'No tenant of --only has the label ring=late'],
])('%j selects in the order of the file, or is a mistake', (selection, expected) => {
  const select = () =>
    selectTenants(labeled, { only: null, label: null, shard: null, ...selection }).tenants;
  if (/^[\d ]*$/.test(expected))
    expect(
      select()
        .map(({ name }) => name.slice(7))
        .join(' '),
    ).toBe(expected);
  else expect(select).toThrow(expected);
});

test('a mistyped name is guessed', () => {
  const named = readFleet(text.replace('tenant-0', 'acme'), { file: 'f', directory: '/' });
  const select = () => selectTenants(named, { only: ['acne'], label: null, shard: null });
  expect(select).toThrow('The fleet has no tenant "acne"; did you mean acme?');
});

test('ten shards of 10,000 tenants are disjoint, complete and even', () => {
  const names = Array.from({ length: 10_000 }, (_, index) => `tenant-${index}`);
  const shards = Array.from({ length: 10 }, (_, index) =>
    names.filter((name) => shardOf(name, 10) === index),
  );
  expect(shards.flat().sort()).toEqual([...names].sort());
  const sizes = shards.map(({ length }) => length);
  expect(Math.max(...sizes) / Math.min(...sizes)).toBeLessThan(1.15);
});

test('the shard of a name is the same in every version', () => {
  // As sha256sum begins: 822b33ad87c1, 4cdc1a4207f4 and 2974744982f0.
  expect(['acme', 'initech', 'umbrella'].map((name) => shardOf(name, 1000))).toEqual([
    105, 124, 856,
  ]);
});

test('a shard is I/N with I from 0 on', () => {
  expect(parseShard('0/10', 'no shard')).toEqual({ index: 0, count: 10 });
  expect(formatShard(parseShard('3/10', 'no shard'))).toBe('3/10');
  for (const wrong of '10/10 1 / 1/ /2 -1/2 1/0 0/0 0/100001 1.0/2 1/2/3'.split(' ').concat(' 1/2'))
    expect(() => parseShard(wrong, 'no shard')).toThrow('no shard');
});

test.runIf(process.platform === 'linux')(
  'a report may go into an opened pipe, such as `/dev/stdout`, which has no path',
  async () => {
    const { wholeFleet, recordPath } = await open({ file: fileOf('version: 1\ntenants: {}\n') });
    const path = join(temporaryDirectory(), 'pipe');
    execFileSync('mkfifo', [path]);
    const pipe = openSync(path, constants.O_RDWR);
    try {
      rmSync(path);
      requireReportPlace(`/proc/self/fd/${pipe}`, wholeFleet, [recordPath]);
    } finally {
      closeSync(pipe);
    }
  },
);
