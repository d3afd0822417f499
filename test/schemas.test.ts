import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { commandWords } from './support/command-words.ts';
import {
  expectDocument,
  expectScreen,
  expectScript,
  faultsOf,
  schemaFiles,
} from './support/documents.ts';

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
const golden = new URL('golden/report/', import.meta.url);

/** The golden reports, each with the schema of its command: the longest one that its name begins with. */
const reports = readdirSync(golden)
  .filter((name) => name.endsWith('.json'))
  .map((name) => {
    const [file = ''] = schemaFiles
      .filter((schema) => name.startsWith(schema.replace('.schema.json', '')))
      .sort((one, other) => other.length - one.length);
    return [name, file, JSON.parse(readFileSync(new URL(name, golden), 'utf8')) as Json] as const;
  });

/** The document once for each of its keys, at any depth, without that key. */
function withoutEach(value: Json): readonly (readonly [path: string, document: Json])[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, below]): (readonly [string, Json])[] => {
    const put = (document: Json): Json =>
      Array.isArray(value)
        ? value.map((item, index) => (String(index) === key ? document : item))
        : { ...value, [key]: document };
    const { [key]: _left, ...others } = value as { readonly [key: string]: Json };
    const nested = withoutEach(below).map(
      ([path, document]) => [`${key}.${path}`, put(document)] as const,
    );
    return [...(Array.isArray(value) ? [] : [[key, others] as const]), ...nested];
  });
}

/** Keys that are there in some runs alone, and what others decide. */
const optional = [
  /^held$/,
  /^latest$/,
  /^recorded$/,
  /^phones$/,
  /^proof$/,
  /^error$/,
  /^tries$/,
  /\.also$/,
];
const free = [
  /^api\.json body\./,
  /^push-payload\.json payload\./,
  /^profile-show\.json settings\./,
];

describe('the schemas', () => {
  test('are those of the fleet file, of every command, and of what no command reports', () => {
    const names = [
      ...commandWords.map((words) => words.replaceAll(' ', '-')),
      'alert',
      'error',
      'help',
      'help-topic',
      'saved-plan',
    ];
    expect([...schemaFiles].sort()).toEqual(names.map((name) => `${name}.schema.json`).sort());
    expect(readdirSync(new URL('../schema/', import.meta.url))).toContain('fleet.schema.json');
  });

  test.each(schemaFiles)('%s is a schema, says what of, and forbids no new key', (file) => {
    expect(faultsOf(null, file)).not.toEqual([]);
    const text = readFileSync(new URL(`../schema/${file}`, import.meta.url), 'utf8');
    expect(JSON.parse(text)).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: `urn:mfa-cli:schema:${file.replace('.schema.json', '')}`,
      title: expect.stringMatching(/^mfa-cli /),
      description: expect.stringMatching(/\.$/),
    });
    expect(text).not.toMatch(/"additionalProperties": false|\/src\/|import\(/);
  });

  test.each(reports)(
    '%s is as %s says, and with any key left out it is not',
    (name, file, document) => {
      expect(faultsOf(document, file)).toEqual([]);
      expect(faultsOf({ ...(document as object), added: 1 }, file)).toEqual([]);
      const passed = withoutEach(document)
        .filter(([, less]) => faultsOf(less, file).length === 0)
        .map(([path]) => path);
      const expected = [...optional, ...free];
      const at = (path: string) => `${name} ${path}`;
      expect(
        passed.filter((path) => !expected.some((key) => key.test(path) || key.test(at(path)))),
      ).toEqual([]);
    },
  );

  test('take a code that a later version adds, and no other word in its place', () => {
    const of = (code: string) =>
      faultsOf({ error: { code, message: 'x', hints: [], exitCode: 2 } }, 'error.schema.json');
    expect([of('usage'), of('something-new')]).toEqual([[], []]);
    expect(of('Something else')).not.toEqual([]);
  });
});

/** Every test of a command holds its documents against the schemas. */
test.each<[string, string, unknown, string | null]>([
  ['a report', 'version --json', { version: '1.0.0' }, null],
  ['a report that lacks a key', '--profile profile version --json', {}, 'version.schema.json'],
  ['an error', 'profile use x --json', { error: 'x' }, 'error.schema'],
  ['help', 'help version --json', { version: '1.0.0' }, 'help.schema.json'],
  ['a page of help', 'help findings --json', { topic: 'findings', summary: '', text: '' }, null],
])('a document of a test is held against a schema: %s', async (_what, line, document, fault) => {
  const checked = expectDocument(line.split(' '), JSON.stringify(document));
  if (fault === null) await expect(checked).resolves.toBeUndefined();
  else await expect(checked).rejects.toThrow(fault);
});

test('so is one in a terminal, and one of a shell script', async () => {
  const screen = expectScreen(['version', '--json'], '{}\r\n(restored)\r\n');
  await expect(screen).rejects.toThrow('version.schema');
  const script = expectScript('X=1; Y=2 mfa-cli \\\n  version --json', '{}');
  await expect(script).rejects.toThrow('version.schema');
});
