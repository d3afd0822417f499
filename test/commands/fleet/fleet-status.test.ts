import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { encodeRecord, type RecordEntry } from '../../../src/commands/fleet/record.ts';
import type { FleetStatusTenant } from '../../../src/commands/fleet/report.ts';
import { createMachine, type RunOptions } from '../../support/context.ts';
import { setEntry } from '../../support/fleet-status.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

/** Neither its .p12 nor the secrets are there. */
const fleetFile = `version: 1
defaults: { warn-days: 45 }
certificates: { app: { p12: certs/app.p12, password: { env: NOT_THERE }, topic: com.example.app } }
tenants:
  acme:
    tenant: acme.id.cyberark.cloud
    certificate: app
    sign-in: { client-id: ci@acme, client-secret: { file: not-there } }
  globex:
    tenant: globex.id.cyberark.cloud
    certificate: app
    client-app-key: "=cmd|' /C calc'!A0<b>"
    sign-in: { profile: globex }
  wayne:
    tenant: wayne.id.cyberark.cloud
    certificate: null
    client-app-key: com.example.app
    sign-in: { token: { command: [not-there] } }
`;

const key = "=cmd|' /C calc'!A0<b>";
const entries = [setEntry('acme', 40), setEntry('globex', 200, { clientAppKey: key })];

/** A directory with the file and its record, and how to run a command line there. */
function fleet(recorded: readonly RecordEntry[] | null = entries, text = fleetFile) {
  const directory = temporaryDirectory();
  const [file, record] = [
    join(directory, 'mfa-fleet.yaml'),
    join(directory, 'mfa-fleet.record.json'),
  ];
  writeFileSync(file, text);
  if (recorded !== null) writeFileSync(record, JSON.stringify({ version: 1, tenants: recorded }));
  const machine = createMachine();
  return {
    directory,
    file,
    record,
    at: (name: string) => join(directory, name),
    run: (words: readonly string[] = [], options: RunOptions = {}) =>
      machine.run(['fleet', 'status', '--file', file, ...words], options),
    json: async (words: readonly string[] = []) => {
      const { stdout, ...rest } = await machine.run([
        'fleet',
        'status',
        '--file',
        file,
        '--json',
        ...words,
      ]);
      return { ...rest, report: JSON.parse(stdout) };
    },
  };
}

test('tells all of it as JSON, in the order of the file; needs neither a certificate nor a secret, and writes nothing', async () => {
  const { json, file, record, directory } = fleet();
  const { exitCode, report, stderr } = await json();
  expect([exitCode, stderr]).toEqual([4, '']);
  const facts = { topic: 'com.example.app', fingerprint: null, notAfter: null };
  const { fingerprint, notAfter } = setEntry('acme', 40);
  expect(report).toEqual({
    ...{ file, record, warnDays: 45, ok: false },
    tenants: [
      {
        ...{
          name: 'acme',
          tenant: 'https://acme.id.cyberark.cloud',
          clientAppKey: 'com.example.app',
        },
        ...{
          state: 'expires-soon',
          expected: { certificate: 'app', ...facts },
          held: null,
          daysLeft: 40,
        },
        recorded: { topic: 'com.example.app', fingerprint, notAfter },
        ...{ inUse: true, inUseFrom: 'record', ignoredSince: null },
      },
      expect.objectContaining({ name: 'globex', clientAppKey: key, state: 'valid', daysLeft: 200 }),
      expect.objectContaining({ state: 'valid', expected: null, recorded: null, daysLeft: null }),
    ],
  });
  expect(readdirSync(directory).sort()).toEqual(['mfa-fleet.record.json', 'mfa-fleet.yaml']);
});

test.each<[string, readonly string[], string, number, number]>([
  ['the option', ['--warn-days', '30'], fleetFile, 0, 30],
  ['the file', [], fleetFile, 4, 45],
  ['30, where neither says it', [], fleetFile.replace('defaults: { warn-days: 45 }\n', ''), 0, 30],
])('warns by %s', async (_name, words, text, exitCode, warnDays) => {
  const result = await fleet(entries, text).json(words);
  expect([result.exitCode, result.report.warnDays]).toEqual([exitCode, warnDays]);
});

test('without a record knows nothing; with a journal knows what was under way', async () => {
  const states = async (words: readonly string[], { json } = fleet(null)) =>
    (await json(words)).report.tenants.map(({ state }: FleetStatusTenant) => state);
  expect(await states([])).toEqual(['never-set', 'never-set', 'valid']);
  const killed = fleet();
  const change = { ...setEntry('acme', 380), state: 'sending' };
  writeFileSync(`${killed.record}.journal`, `{"version":1}\n${JSON.stringify(change)}\n`);
  expect(await states(['--only', 'acme'], killed)).toEqual(['unknown']);
  expect((await killed.run()).stdout).toContain('acme: the request got no answer.\n');
});

test('reads the record of each shard as one: what was done last counts', async () => {
  const { at, json, run, record } = fleet();
  const write = (name: string, entry: RecordEntry): string => {
    writeFileSync(at(name), encodeRecord({ entries: [entry] }));
    return at(name);
  };
  const later = write('later.json', setEntry('acme', 300, { setAt: '2026-01-02T00:00:00Z' }));
  const earlier = write('earlier.json', setEntry('acme', 9, { setAt: '2025-12-31T00:00:00Z' }));
  for (const records of [
    [later, record, earlier],
    [earlier, record, later],
  ]) {
    const { report } = await json(['--record', ...records]);
    expect(report.record).toBe(records.join(', '));
    expect(report.tenants.map(({ daysLeft }: FleetStatusTenant) => daysLeft)).toEqual([
      300,
      200,
      null,
    ]);
    const over = await run(['--record', ...records, '--out', later]);
    expect([over.exitCode, over.stderr]).toEqual([
      2,
      expect.stringContaining('belongs to the fleet'),
    ]);
  }
  const strange = write('other.json', setEntry('strange', 1));
  const mixed = await run(['--record', record, strange]);
  expect(mixed.stderr).toContain(`The record ${strange} belongs to another fleet`);
});

test('reads the file on standard input and writes to standard output, which are not one file', async () => {
  const { run, record } = fleet();
  const words = ['--file', '-', '--record', record, '--format', 'csv'];
  const [named, unnamed] = [
    await run([...words, '--out', '-'], { stdin: fleetFile }),
    await run(words, { stdin: fleetFile }),
  ];
  expect([named.exitCode, named.stdout]).toEqual([4, unnamed.stdout]);
});

const ofAnother = encodeRecord({ entries: [setEntry('elsewhere', 9)] });
test.each<[words: string, exitCode: number, told: string, name?: string, text?: string]>([
  ['', 3, 'is not the record of a fleet', 'mfa-fleet.record.json', '{'],
  ['', 2, 'belongs to another fleet', 'mfa-fleet.record.json', ofAnother],
  ['', 2, 'mfa-fleet.yaml:2:', 'mfa-fleet.yaml', 'version: 1\ntenants: 3\n'],
  ['--format pdf', 2, ''],
  ['--warn-days soon', 2, ''],
  ['--json --format html', 2, ''],
  ['--json --format table', 2, ''],
  ['--json --out -', 2, ''],
  ['--json --out DIR/report.json', 2, ''],
  ['--out DIR/x.pdf', 2, 'No format has the ending .pdf\n'],
  ['--out DIR/x.pdf', 2, 'ends in .txt, .html, .ics, .csv or .prom, or give --format FORMAT.\n'],
  ['--out DIR/missing/fleet.html', 3, 'missing/fleet.html cannot be written'],
])('refuses %j with %i: %s (%s)', async (words, exitCode, told, name, text = '') => {
  const { run, directory, at } = fleet();
  if (name !== undefined) writeFileSync(at(name), text);
  const before = readdirSync(directory);
  const result = await run(words.replace('DIR', directory).split(' ').filter(Boolean));
  expect([result.exitCode, result.stderr]).toEqual([exitCode, expect.stringContaining(told)]);
  expect(result.stdout).not.toContain('needs attention');
  expect(readdirSync(directory)).toEqual(before);
});

describe('--format', () => {
  test.each<[format: string, ending: string, beginning: string]>([
    ['html', '.html', '<!doctype html>\n'],
    ['ics', '.ics', 'BEGIN:VCALENDAR\r\n'],
    ['csv', '.csv', 'name,tenant,client_app_key,'],
    ['prometheus', '.prom', '# HELP mfa_cli_certificate_expiry_timestamp_seconds '],
    ['github', '.md', '::warning title=certificate-expires-soon::'],
    ['table', '', '! 1 of 3 tenants needs attention.\n'],
  ])(
    '%s goes to stdout and to a file, byte for byte, and with 4',
    async (format, ending, beginning) => {
      const { run, at } = fleet();
      const begins = (text: string) => text.slice(0, beginning.length);
      const result = await run(['--format', format], { terminalOutput: format !== 'table' });
      expect([result.exitCode, begins(result.stdout), result.stderr]).toEqual([4, beginning, '']);
      expect(begins((await run(['--format', format, '--out', '-'])).stdout)).toBe(beginning);
      const out = at(`a${ending}`);
      writeFileSync(out, 'of yesterday');
      const given = format === 'github' ? ['--format', format] : [];
      expect((await run(['--out', out, ...given])).stdout).toEqual(
        expect.stringMatching(/^✓ Wrote \S+ \([a-z]+\)\n1 of 3 tenants needs attention\.\n$/),
      );
      expect(begins(readFileSync(out, 'utf8'))).toBe(beginning);
      // Nothing of a record turns the text or reaches a terminal.
      const hostile = fleet([setEntry('acme', 9, { topic: 'com.\u202e\u001b[31mevil' })]);
      const words = ['--format', format, '--only', 'acme'];
      const { stdout } = await hostile.run(words);
      await hostile.run([...words, '--out', hostile.at('out')]);
      for (const text of [stdout, readFileSync(hostile.at('out'), 'utf8')]) {
        expect(text.length).toBeGreaterThan(100);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
        expect(/[\u202e\u001b]/.exec(text)).toBeNull();
      }
    },
  );

  test('escapes what the file holds', async () => {
    const { run } = fleet();
    const page = (await run(['--format', 'html'])).stdout;
    expect([page.includes('A0<b>'), page.includes('A0&#60;b&#62;')]).toEqual([false, true]);
    expect((await run(['--format', 'csv'])).stdout).toContain(`,'${key},app,valid,200,`);
  });
});

describe('--out', () => {
  test('with --json: the page in the file, and the report on stdout', async () => {
    const { json, at } = fleet();
    const { report, exitCode } = await json(['--out', at('fleet.html')]);
    expect([exitCode, report.tenants.length, existsSync(at('fleet.html'))]).toEqual([4, 3, true]);
  });

  test('never writes over what the fleet is made of, whatever it is called', async () => {
    const { run, at, file, record } = fleet();
    mkdirSync(at('certs'));
    writeFileSync(at('certs/app.p12'), 'precious');
    symlinkSync(file, at('other-name.html'));
    symlinkSync(at('certs/app.p12'), at('soft.p12'));
    symlinkSync(at('certs'), at('linked'));
    const named = [
      'other-name.html',
      'certs/app.p12',
      'certs/../certs/app.p12',
      'soft.p12',
      'linked/app.p12',
    ];
    const own = [file, record, ...named.map(at)];
    for (const path of own) {
      const stderr = expect.stringContaining(`${path} belongs to the fleet`);
      expect(await run(['--out', path])).toMatchObject({ exitCode: 2, stderr });
    }
    const texts = [file, at('certs/app.p12')].map((path) => readFileSync(path, 'utf8'));
    expect(texts).toEqual([fleetFile, 'precious']);
  });
});
