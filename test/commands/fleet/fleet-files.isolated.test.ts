import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, test, vi } from 'vitest';
import { Lexer, parse } from 'yaml';
import { fleetSchemaDocument } from '../../../scripts/schema/fleet.ts';
import type { Fleet } from '../../../src/commands/fleet/file/fleet.ts';
import { readFleet } from '../../../src/commands/fleet/file/read-fleet.ts';
import { type YamlBounds, yamlBounds } from '../../../src/commands/fleet/file/yaml.ts';
import { CliError } from '../../../src/errors/cli-error.ts';
import { nearestName } from '../../../src/text/nearest-name.ts';
import { expectTranscript } from '../../support/transcript.ts';
import { generatedFleet } from './generated-fleet.ts';

vi.mock('../../../src/text/nearest-name.ts', { spy: true });

const place = { file: 'fleet.yaml', directory: resolve('/fleets') };
const fixture = (name: string): string => readFileSync(`test/fixtures/fleet/${name}`, 'utf8');

/** The fleet, or its faults without the name of the file. */
function outcome(text: string, bounds: Partial<YamlBounds> = {}): Fleet | readonly string[] {
  try {
    return readFleet(text, place, { ...yamlBounds, ...bounds });
  } catch (error) {
    if (!(error instanceof CliError) || error.code !== 'fleet-file-invalid') throw error;
    const [head, ...lines] = error.lines;
    expect(error.message).toBe([head, ...lines].join('\n'));
    return lines.map((line) => line.replace(/^fleet\.yaml:/, ''));
  }
}
const isRead = (read: Fleet | readonly string[]): read is Fleet => 'tenants' in read;

const committed = readFileSync('schema/fleet.schema.json', 'utf8');
const accepts = new Ajv({ strictTuples: false }).compile(JSON.parse(committed));
function schemaTakes(text: string): boolean {
  try {
    return accepts(parse(text, { logLevel: 'silent' }));
  } catch {
    return false;
  }
}

const hint = '… the schema cannot tell';

/** A file below its title: ⇥ for a tab, ␍ for a carriage return, ⏎ for U+2028, ␣ for an empty line, ␄ for no last line break. */
test('the faults of a file with their places, or its tenants, and whether the schema tells as well', () =>
  expectTranscript('fleet-files.txt', ([, ...lines]) => {
    const shown = lines.map((line) => `${line === '␣' ? '' : line}\n`).join('');
    const text = shown
      .replace(/␄\n$/, '')
      .replace(/[⇥␍⏎]/g, (sign) => ({ '⇥': '\t', '␍': '\r', '⏎': '\u2028' })[sign] ?? sign);
    const found = outcome(text);
    if (isRead(found)) {
      expect([text, schemaTakes(text)]).toEqual([text, true]);
      return found.tenants.map((tenant) =>
        JSON.stringify({ ...tenant, certificate: tenant.certificate?.name }),
      );
    }
    expect(found.join('\n')).not.toMatch(/hunter2|31337/);
    return schemaTakes(text) ? [...found, hint] : found;
  }));

test('the committed schema is made from the one that the program judges by, and takes whole files', () => {
  expect(committed, 'run `npm run schema`').toBe(fleetSchemaDocument());
  for (const name of ['fleet.yaml', 'anchors.yaml']) expect(schemaTakes(fixture(name))).toBe(true);
});

test('of many faults the first are told, and how many more there are', () => {
  for (const text of [generatedFleet(300, 'certificate: ap'), json(300, 'ap')]) {
    const lines = outcome(text) as readonly string[];
    expect(lines).toHaveLength(51);
    expect(lines[0]).toMatch(
      /^(8:18|1:114): the certificate "ap" is not declared; did you mean app\?$/,
    );
    expect(lines.at(-1)).toBe('… and 250 more faults');
  }
});

test('a fleet is read whole: paths from its directory, addresses as origins, defaults in force', () => {
  const at = (path: string) => ({ path: resolve('/fleets', path), written: path });
  const app = {
    ...{ name: 'app', p12: at('certs/app.p12'), password: { env: 'APP_P12_PASSWORD' } },
    ...{ topic: 'com.example.app', fingerprint: null, environment: 'production' },
    ...{ owner: null, ticket: null },
  };
  const password = { command: ['op', 'read', 'op://vault/voice/password'], written: 'op' };
  const p12 = { env: 'VOICE_P12_BASE64' };
  const voice = { ...app, name: 'voice', p12, password, topic: null, environment: 'sandbox' };
  const open = { ...app, name: 'open', p12: at('/srv/open.p12'), password: null, topic: null };
  const clientSecret = { file: resolve('/fleets/secrets/initech'), written: 'secrets/initech' };
  const client = { clientId: 'ci@initech', clientSecret };
  const service = { ...client, appId: 'push', scope: 'mobile', platformToken: true };
  const labels = { region: 'eu', ring: 'canary', wave: '007', on: 'true' };
  const fleet = outcome(fixture('fleet.yaml')) as Fleet;
  expect({ ...fleet, tenants: [] }).toEqual({
    ...{ file: 'fleet.yaml', warnDays: 45, tenants: [] },
    certificates: new Map(Object.entries({ app, voice, open })),
  });
  expect(fleet.tenants.map((tenant) => Object.values(tenant))).toEqual([
    [
      'acme',
      'https://abc1234.id.cyberark.cloud',
      app,
      'com.example.app',
      { profile: 'acme' },
      labels,
    ],
    ['initech', 'https://def5678.id.cyberark.cloud', voice, null, service, {}],
    ['umbrella', 'http://localhost:8450', open, null, { token: { env: 'UMBRELLA_TOKEN' } }, {}],
    ['globex', 'https://sso.globex.example', null, 'com.example.app', { profile: 'globex' }, {}],
  ]);
  const keys = ['name', 'url', 'certificate', 'clientAppKey', 'signIn', 'labels'];
  expect(Object.keys(fleet.tenants[0] ?? {})).toEqual(keys);
  expect(outcome(fixture('fleet.yaml').replaceAll('\n', '\r\n'))).toEqual(fleet);
});

test('aliases stand for what they name', () => {
  const { tenants } = outcome(fixture('anchors.yaml')) as Fleet;
  const clientSecret = { command: [resolve('/fleets/secret.sh'), 'all'], written: './secret.sh' };
  const signIn = { clientId: 'ci', clientSecret, appId: null, scope: null, platformToken: false };
  expect(tenants.map(({ name, labels, certificate }) => [name, labels, certificate?.name])).toEqual(
    [
      ['acme', { region: 'eu', ring: 'late' }, 'app'],
      ['initech', { region: 'eu', ring: 'canary' }, 'app'],
      ['umbrella', { region: 'eu', ring: 'late' }, undefined],
    ],
  );
  expect(tenants.map((each) => each.signIn)).toEqual([signIn, signIn, signIn]);
});

describe('what has no end is refused', () => {
  const deeply = (text: string) => outcome(`version: 1\ntenants: ${text}`);
  const indented = Array.from({ length: 300 }, (_, level) => `${' '.repeat(level + 1)}a:`).join(
    '\n',
  );
  test.each([
    [`{}\nx-deep: ${'['.repeat(60)}${']'.repeat(60)}\n`, '3:49'],
    ['['.repeat(100_000), '2:50'],
    ['{a: '.repeat(20_000), '2:170'],
    ['a: '.repeat(5000), '2:131'],
    [`\n  ${'- '.repeat(5000)}x`, '3:83'],
    [`\n${indented}`, '43:43'],
  ])('%.20j, nested', (text, at) => {
    expect(deeply(text)).toEqual([`${at}: this is nested too deeply`]);
  });

  test('aliases that stand for ever more', () => {
    const lines = Array.from({ length: 30 }, (_, level) => {
      const items = level === 0 ? '[x, x, x, x, x, x, x, x]' : `[${`*l${level - 1}, `.repeat(8)}]`;
      return `x-${level}: &l${level} ${items}`;
    });
    expect(deeply(`{}\n${lines.join('\n')}\n`)).toEqual([
      '7:16: the aliases so far add more values than the file has characters',
    ]);
  });

  test.each<[what: string, text: string, place: string, bounds: Partial<YamlBounds>]>([
    ['a list', `[${'1,'.repeat(100)}]`, '1:100', { lexemes: 150 }],
    ['JSON that is none', `{${'"a":{},'.repeat(100)}}`, '1:210', { lexemes: 150 }],
    ['tenants', generatedFleet(100), '142:69', { lexemes: 2000 }],
    ['a long text', `version: 1\nx-text: ${'a'.repeat(1000)}`, '1:1', { bytes: 1000 }],
  ])('%s', (_what, text, at, bounds) => {
    expect(outcome(text, bounds)).toEqual([
      `${at}: a file with this many values must be valid JSON`,
    ]);
  });

  test('but not ten thousand tenants, nor brackets in texts and comments', () => {
    const lexemes = [...new Lexer().lex(generatedFleet(1000))].length;
    expect(10 * lexemes).toBeLessThan(0.7 * yamlBounds.lexemes);
    const line = `"[{" # [[ ${':'.repeat(300)}\n`;
    const labels = Array.from({ length: 300 }, (_, index) => `      l${index}: ${line}`).join('');
    const { tenants } = outcome(
      generatedFleet(1).replace(/labels: .*/, `labels:\n${labels}`),
    ) as Fleet;
    expect(tenants[0]?.labels.l299).toBe('[{');
  });
});

test('a thousand tenants keep their order, and a name that comes twice is found', () => {
  const { tenants } = outcome(generatedFleet(1000)) as Fleet;
  expect(tenants.map(({ name }) => name)).toEqual(
    Array.from({ length: 1000 }, (_, at) => `tenant-${at}`),
  );
  const twice = `${generatedFleet(1000)}  tenant-3: {}\nx-last: 1\n`;
  expect(outcome(twice)).toEqual(['6006:3: this key appears twice in the same mapping']);
});

test('a mistyped certificate is looked for among thousands only where the fault is shown', () => {
  vi.mocked(nearestName).mockClear();
  expect(outcome(json(1200, 'not-the-name-of-any', 1200))).toHaveLength(51);
  const { calls } = vi.mocked(nearestName).mock;
  expect(calls).toHaveLength(50);
  expect(Math.max(...calls.map(([, names]) => [...names].length))).toBe(1000);
});

/** A fleet in JSON, with tenants `tenant-0` … and certificates `app`, `app1` … */
function json(tenants: number, certificate: string, certificates = 1): string {
  const many = <T>(length: number, item: (index: number) => readonly [string, T]) =>
    Object.fromEntries(Array.from({ length }, (_, index) => item(index)));
  return JSON.stringify({
    version: 1,
    certificates: many(certificates, (index) => [`app${index || ''}`, { p12: 'app.p12' }]),
    tenants: many(tenants, (index) => [
      `tenant-${index}`,
      { tenant: `t${index}.example`, certificate, 'sign-in': { profile: 'p' } },
    ]),
  });
}
