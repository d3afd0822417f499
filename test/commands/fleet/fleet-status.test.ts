import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { encodeRecord, type RecordEntry } from '../../../src/commands/fleet/record.ts';
import type { FleetStatusTenant } from '../../../src/commands/fleet/report.ts';
import { createMachine, type RunOptions } from '../../support/context.ts';
import { setEntry } from '../../support/fleet-status.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

/** Neither its .p12 nor the secrets are there. */
const fleetFile = `version: 1
defaults: { warn-days: 45 }
certificates:
  app:
    p12: certs/app.p12
    password: { env: NOT_THERE }
    topic: com.example.app
tenants:
  acme:
    tenant: acme.id.cyberark.cloud
    certificate: app
    sign-in: { client-id: ci@acme, client-secret: { file: not-there } }
    labels: { region: eu }
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
  const [file, record] = [join(directory, 'mfa-fleet.yaml'), join(directory, 'mfa-fleet.record.json')];
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
      const { stdout, ...rest } = await machine.run(['fleet', 'status', '--file', file, '--json', ...words]);
      return { ...rest, report: JSON.parse(stdout) };
    },
  };
}

describe('fleet status', () => {
  test('needs neither a certificate nor a secret, and writes nothing', async () => {
    const { run, directory } = fleet();
    const { exitCode, stdout, stderr } = await run();
    expect([exitCode, stderr]).toEqual([4, '']);
    expect(stdout.split('\n').slice(0, 2)).toEqual([
      '1 of 3 tenants needs attention.',
      '1 expires soon, 2 valid',
    ]);
    expect(readdirSync(directory).sort()).toEqual(['mfa-fleet.record.json', 'mfa-fleet.yaml']);
  });

  test('tells all of it as JSON, in the order of the file', async () => {
    const { json, file, record } = fleet();
    const { exitCode, report, stderr } = await json();
    expect([exitCode, stderr]).toEqual([4, '']);
    expect(Object.keys(report)).toEqual(['file', 'record', 'warnDays', 'tenants', 'ok']);
    expect(report).toMatchObject({ file, record, warnDays: 45, ok: false });
    expect(report.tenants.map(Object.keys)).toEqual(
      Array.from({ length: 3 }, () => [
        'name',
        'tenant',
        'clientAppKey',
        'state',
        'expected',
        'recorded',
        'held',
        'daysLeft',
        'inUse',
        'inUseFrom',
        'ignoredSince',
        'otherKeys',
      ]),
    );
    expect(report.tenants).toMatchObject([
      { name: 'acme', state: 'expires-soon', daysLeft: 40 },
      { name: 'globex', clientAppKey: key, state: 'valid', daysLeft: 200 },
      { name: 'wayne', state: 'valid', expected: null, recorded: null, daysLeft: null },
    ]);
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
    const none = fleet(null);
    expect((await none.json()).report.tenants).toMatchObject([
      { state: 'never-set' },
      { state: 'never-set' },
      { state: 'valid' },
    ]);
    const killed = fleet();
    const change = { ...setEntry('acme', 380), state: 'sending' };
    writeFileSync(`${killed.record}.journal`, `{"version":1}\n${JSON.stringify(change)}\n`);
    const { report } = await killed.json(['--only', 'acme']);
    expect(report.tenants).toMatchObject([{ state: 'unknown', recorded: null, daysLeft: null }]);
    expect((await killed.run()).stdout).toContain('acme: it was sent, and the answer never came.\n');
  });

  test('reads the record of each shard as one: what was done last counts', async () => {
    const { at, json, run, record } = fleet();
    const write = (name: string, entry: RecordEntry): string => {
      writeFileSync(at(name), JSON.stringify({ version: 1, tenants: [entry] }));
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
      expect(report.tenants.map(({ daysLeft }: FleetStatusTenant) => daysLeft)).toEqual([300, 200, null]);
      expect((await run(['--format', 'html', '--record', ...records])).stdout).toContain(
        `and ${records.map((path) => basename(path)).join(', ')}.`,
      );
      const over = await run(['--record', ...records, '--out', later]);
      expect([over.exitCode, over.stderr]).toEqual([2, expect.stringContaining('is a file of the fleet')]);
    }
    const strange = write('other.json', setEntry('strange', 1));
    expect((await run(['--record', record, strange])).stderr).toContain(
      `The record ${strange} is that of another fleet`,
    );
  });

  test.each([
    ['mfa-fleet.record.json', '{', 3, 'is not the record of a fleet'],
    [
      'mfa-fleet.record.json',
      encodeRecord({ entries: [setEntry('elsewhere', 9)] }),
      2,
      'is that of another fleet',
    ],
    ['mfa-fleet.yaml', 'version: 1\ntenants: 3\n', 2, 'mfa-fleet.yaml:2:'],
  ])('says what is wrong with %s', async (name, text, exitCode, words) => {
    const { run, at } = fleet();
    writeFileSync(at(name), text);
    const result = await run();
    expect([result.exitCode, result.stdout, result.stderr]).toEqual([
      exitCode,
      '',
      expect.stringContaining(words),
    ]);
  });

  test('takes no other format, and no number that is none', async () => {
    const { run } = fleet();
    expect((await run(['--format', 'pdf'])).exitCode).toBe(2);
    expect((await run(['--warn-days', 'soon'])).exitCode).toBe(2);
  });
});

describe('fleet status --format', () => {
  test.each<[string, string]>([
    ['html', '<!doctype html>\n'],
    ['ics', 'BEGIN:VCALENDAR\r\n'],
    ['csv', 'name,tenant,client_app_key,'],
    ['prometheus', '# HELP mfa_cli_certificate_expiry_timestamp_seconds '],
    ['github', '::warning title=certificate-expires-soon::'],
    ['table', '1 of 3 tenants needs attention.\n'],
  ])('%s goes to stdout, byte for byte, and with 4', async (format, beginning) => {
    const { run } = fleet();
    const result = await run(['--format', format], { terminalOutput: format !== 'table' });
    expect([result.exitCode, result.stdout.slice(0, beginning.length), result.stderr]).toEqual([
      4,
      beginning,
      '',
    ]);
    expect((await run(['--format', format, '--out', '-'])).stdout.slice(0, beginning.length)).toBe(beginning);
  });

  test('escapes what the file holds', async () => {
    const { run } = fleet();
    const page = (await run(['--format', 'html'])).stdout;
    expect([page.includes('A0<b>'), page.includes('A0&#60;b&#62;')]).toEqual([false, true]);
    expect((await run(['--format', 'csv'])).stdout).toContain(`,'${key},app,valid,200,`);
  });

  test.each(['html', 'ics', 'csv', 'prometheus', 'github', 'table'])(
    'lets nothing of a record turn the text or reach a terminal, as %s, on stdout and in a file',
    async (format) => {
      const { run, at } = fleet([setEntry('acme', 9, { topic: 'com.\u202e\u001b[31mevil' })]);
      const words = ['--format', format, '--only', 'acme'];
      const { stdout } = await run(words);
      await run([...words, '--out', at('out')]);
      for (const text of [stdout, readFileSync(at('out'), 'utf8')]) {
        expect(text.length).toBeGreaterThan(100);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
        expect(/[\u202e\u001b]/.exec(text)).toBeNull();
      }
    },
  );

  test('and --json exclude each other on stdout', async () => {
    const { run, at } = fleet();
    for (const words of [
      ['--format', 'html'],
      ['--format', 'table'],
      ['--out', '-'],
      ['--out', at('report.json')],
    ]) {
      const { exitCode, stdout } = await run(['--json', ...words]);
      expect([words, exitCode, JSON.parse(stdout).error.code]).toEqual([words, 2, 'usage']);
    }
    expect(existsSync(at('report.json'))).toBe(false);
  });
});

describe('fleet status --out', () => {
  test('writes the format that the name ends with, over what was there, and says so in a line', async () => {
    const { run, at } = fleet();
    const page = at('fleet.html');
    writeFileSync(page, 'of yesterday');
    const result = await run(['--out', page]);
    expect(result).toMatchObject({
      exitCode: 4,
      stdout: `Wrote ${page}: 1 of 3 tenants needs attention.\n`,
      stderr: '',
    });
    expect(readFileSync(page, 'utf8').slice(0, 15)).toBe('<!doctype html>');
    await run(['--out', at('a.ics')]);
    await run(['--out', at('a.csv')]);
    await run(['--out', at('a.prom')]);
    await run(['--out', at('a.md'), '--format', 'github']);
    await run(['--out', at('a')]);
    const beginnings = ['a.ics', 'a.csv', 'a.prom', 'a.md', 'a'].map((name) =>
      readFileSync(at(name), 'utf8').slice(0, 6),
    );
    expect(beginnings).toEqual(['BEGIN:', 'name,t', '# HELP', '::warn', '1 of 3']);
  });

  test('with --json: the page in the file, and the report on stdout', async () => {
    const { json, at } = fleet();
    const { report, exitCode } = await json(['--out', at('fleet.html')]);
    expect([exitCode, report.tenants.length, existsSync(at('fleet.html'))]).toEqual([4, 3, true]);
  });

  test('never writes over what the fleet is made of, whatever it is called', async () => {
    const { run, at, file, record } = fleet();
    mkdirSync(at('certs'));
    writeFileSync(at('certs/app.p12'), 'precious');
    linkSync(file, at('other-name.html'));
    for (const path of [
      file,
      record,
      at('other-name.html'),
      at('certs/app.p12'),
      at('certs/../certs/app.p12'),
    ]) {
      const { exitCode, stderr } = await run(['--out', path]);
      expect([path, exitCode, stderr]).toEqual([
        path,
        2,
        expect.stringContaining('a file of the fleet itself'),
      ]);
    }
    expect([readFileSync(file, 'utf8'), readFileSync(at('certs/app.p12'), 'utf8')]).toEqual([
      fleetFile,
      'precious',
    ]);
  });

  test('refuses an ending that no format has, unless a format is given', async () => {
    const { run, at } = fleet();
    const refused = await run(['--out', at('x.pdf')]);
    expect([refused.exitCode, refused.stderr.split('\n')]).toEqual([
      2,
      [
        'mfa-cli: error: No format is written to .pdf: --out takes .html, .htm, .ics, .csv, .prom or .txt',
        'mfa-cli: hint: Give --format FORMAT for another ending.',
        '',
      ],
    ]);
    expect(existsSync(at('x.pdf'))).toBe(false);
    await run(['--out', at('x.pdf'), '--format', 'csv']);
    expect(readFileSync(at('x.pdf'), 'utf8')).toMatch(/^name,/);
  });

  test('a place that cannot be written ends the command, with its name', async () => {
    const { run, at } = fleet();
    const { exitCode, stdout, stderr } = await run(['--out', at('missing/fleet.html')]);
    expect([exitCode, stdout]).toEqual([3, '']);
    expect(stderr).toContain('missing/fleet.html cannot be written');
  });
});
