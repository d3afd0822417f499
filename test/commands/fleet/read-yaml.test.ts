import { describe, expect, test } from 'vitest';
import { Lexer } from 'yaml';
import { readFleet } from '../../../src/commands/fleet/file/read-fleet.ts';
import { type YamlBounds, yamlBounds } from '../../../src/commands/fleet/file/yaml.ts';
import { CliError } from '../../../src/errors/cli-error.ts';
import { generatedFleet } from './generated-fleet.ts';

const place = { file: 'f.yaml', directory: '/' };

/** The fleet, or the faults. */
function outcome(text: string, bounds: Partial<YamlBounds> = {}): unknown {
  try {
    return readFleet(text, place, { ...yamlBounds, ...bounds });
  } catch (error) {
    if (error instanceof CliError) return error.lines;
    throw error;
  }
}

const head = 'version: 1\ncertificates: { app: { p12: app.p12 } }\n';
const entry = (name: string): string =>
  `  ${name}:\n    tenant: ${name}.example\n    certificate: app\n    sign-in: { profile: ${name} }\n`;
const three = `${entry('a')}${entry('b')}${entry('c')}`;

const texts: Readonly<Record<string, string>> = {
  'tenants at the end': `${head}tenants:\n${three}`,
  'tenants first': `tenants: # all of them\n${three}${head}`,
  'the mark of a document': `--- # one\n${head}tenants:\n${three}`,
  'lines as on Windows': `${head}tenants:\n${three}`.replaceAll('\n', '\r\n'),
  'comments everywhere': `# top\n${head}tenants:\n\n# first\n${three.replaceAll(/^ {2}\w/gm, '# between\n    # more\n$&')}# end\n`,
  'a text over several lines': `${head}tenants:\n${three.replace('profile: b', 'profile: "b\n      b:\n      b"')}`,
  'a block scalar': `${head}tenants:\n${three.replace('sign-in: { profile: b }', 'sign-in:\n      profile: |\n        b: 1\n       # no comment\n\n        b')}`,
  'anchors of one tenant in another': `${head}tenants:\n${three
    .replace('{ profile: a }', '&s { profile: a }')
    .replace('{ profile: c }', '*s')}`,
  'an anchor that is set again': `${head}tenants:\n${three
    .replace('{ profile: a }', '&s { profile: a }')
    .replace('{ profile: b }', '&s { client-id: *s }')
    .replace('{ profile: c }', '*s')}`,
  'a merged mapping with a fault': `${head}x-t: &t { certificate: none }\ntenants:\n  a: { <<: *t, tenant: a }\n  b: { <<: *t, tenant: b }\n`,
  'anchors before the tenants': `x-s: &s { profile: p }\nx-t: &t { sign-in: *s }\n${head}tenants:\n${three
    .replace('{ profile: a }', '*s')
    .replace('sign-in: { profile: b }', '<<: *t')
    .replace('{ profile: c }', '*none')}`,
  'a key before and behind': `other: 1\n${head}tenants:\n${three}other: 2\nversion: 2\n`,
  'tenants twice': `${head}tenants:\n${three}tenants:\n${three}`,
  'a comment at the beginning': `# top\n\ncertificates: {}\ntenants:\n${three}`,
  'a tenant twice': `${head}tenants:\n${three}${entry('a')}`,
  'a key of the top twice': `${head}tenants:\n${three}version: 2\ntenants: {}\n`,
  'faults of all kinds': `${head}tenants:\n${three
    .replace('certificate: app', 'certificate: ap')
    .replace('{ profile: c }', '{ profil: c }')}  d: x\n  e:\n  f: []\n  undefined: {}\n  __proto__: {}\n`,
  'a fault at the top': `${head}other: 1\ntenants:\n${three}`,
  'an alias of nothing': `${head}tenants:\n${three.replace('{ profile: b }', '*none')}`,
  'blank lines with tabs': `${head}tenants:\n${three}\t\n  \t\n\t`,
  'a tab': `${head}tenants:\n${three.replace('    tenant: b', '\ttenant: b')}`,
  'a bracket too many': `${head}tenants:\n${three.replace('profile: b }', 'profile: b }}')}`,
  'a colon on the next line': `${head}tenants:\n${three.replace('  b:\n', '  b\n    :\n')}`,
  'a key without a colon': `${head}tenants:\n${three.replace('  b:\n', '  b\n')}`,
  'many tenants': generatedFleet(30),
  'no tenants': head,
  'tenants in brackets': `${head}tenants: { a: {} }\n`,
  'tenants that are a text': `${head}tenants: |\n${three}`,
  'tenants with an anchor': `${head}tenants: &t\n${three}`,
  'tenants that merge others': `${head}tenants:\n  <<: {}\n${three}`,
  'brackets over several lines': `${head}tenants:\n${three.replace('{ profile: b }', '{\n      profile: b\n  }')}`,
  'names in quotes': `${head}tenants:\n  "a":\n${entry('a')}`,
  'a first key without a colon': `${head}tenants:\n${three.replace('  a:\n', '  a\n')}`,
  'a list': `${head}tenants:\n  - a\n  - b\n`,
  'a line of less indent': `${head}tenants:\n${three} d: 1\n`,
  'a second document': `${head}tenants:\n${three}---\n${three}`,
  'a directive': `%YAML 1.2\n---\n${head}tenants:\n${three}`,
  JSON: JSON.stringify({ version: 1, tenants: { a: 1, b: 2 } }, null, 1),
  'tenants within a comment': `${head}# \u2028tenants:\n  a: 1\n  b: 2\n`,
};

test.each(Object.entries(texts))(
  'is the same however many tenants are composed together: %s',
  (_what, text) => {
    const whole = outcome(text, { batch: Number.POSITIVE_INFINITY });
    expect(outcome(text, { batch: 1 })).toEqual(whole);
    expect(outcome(text, { batch: 2 })).toEqual(whole);
  },
);

const tooMuch = 'a file with this many values must be valid JSON';

test('what is in memory together is bounded, and tenants in lines of their own are not together', () => {
  const text = generatedFleet(100);
  expect(outcome(text, { batch: 10, atOnce: 3000 })).toMatchObject({ tenants: { length: 100 } });
  expect(outcome(text, { atOnce: 3000 })).toEqual([
    'f.yaml has 1 fault',
    expect.stringMatching(`^f\\.yaml:\\d+:\\d+: ${tooMuch}$`),
  ]);
});

test.each<[what: string, text: string, place: string, bounds: Partial<YamlBounds>]>([
  ['a list', `[${'1,'.repeat(100)}]`, '1:100', { atOnce: 150 }],
  ['JSON that is none', `{${'"a":{},'.repeat(100)}}`, '1:210', { atOnce: 150 }],
  ['tenants without an end', generatedFleet(100), '142:69', { batch: 1, lexemes: 2000 }],
  ['a long text', `${head}x-text: ${'a'.repeat(1000)}`, '1:1', { characters: 1000 }],
])('a file that has no end is refused: %s', (_what, text, at, bounds) => {
  expect(outcome(text, bounds)).toEqual(['f.yaml has 1 fault', `f.yaml:${at}: ${tooMuch}`]);
});

test('ten thousand tenants are within the bounds', () => {
  const lexemes = [...new Lexer().lex(generatedFleet(1000))].length;
  expect(10 * lexemes).toBeLessThan(0.7 * yamlBounds.lexemes);
});

describe('a fault of JSON is told with its place', () => {
  test.each<[what: string, text: string, ...faults: string[]]>([
    ['another version', '{ "version": 2, "tenants": {} }', '1:14: version takes 1'],
    [
      'a key that is none',
      '{\n  "version": 1,\n  "tenants": {}, "a\\"b": [1, {}]\n}',
      '3:18: "a"b" is not a key of the file (keys: version, defaults, certificates, tenants)',
    ],
    [
      'a key twice',
      '{"version": 1, "tenants": {}, "versi\\u006fn": 1}',
      '1:31: this key appears twice in the same mapping',
    ],
    [
      'an item of a list',
      '{"version":1,"tenants":{},"certificates":{"app":{"p12":"a\\\\","password":{"command":["a", {"b": [2]}, 5]}}}}',
      '1:90: command takes a list of the program and its arguments, such as [op, read, NAME]',
      '1:102: command takes a list of the program and its arguments, such as [op, read, NAME]',
    ],
    ['no JSON', '{"version":1,"tenants":{},}}', '1:28: this is not allowed here'],
  ])('%s', (_what, text, ...faults) => {
    expect(outcome(text)).toEqual([expect.anything(), ...faults.map((fault) => `f.yaml:${fault}`)]);
  });

  test('among very many', () => {
    const faults = outcome(json(2000, 'ap')) as readonly string[];
    expect(faults[1]).toBe('f.yaml:1:114: the certificate "ap" is not declared; did you mean app?');
    expect(faults.at(-1)).toBe('… and 1950 more faults');
  });
});

function json(tenants: number, certificate: string): string {
  return JSON.stringify({
    version: 1,
    certificates: { app: { p12: 'app.p12' } },
    tenants: Object.fromEntries(
      Array.from({ length: tenants }, (_, index) => [
        `tenant-${index}`,
        { tenant: `t${index}.example`, certificate, 'sign-in': { profile: 'p' } },
      ]),
    ),
  });
}
