import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { piecesOf } from '../../../src/commands/fleet/file/pieces.ts';
import { readFleet } from '../../../src/commands/fleet/file/read-fleet.ts';
import { CliError } from '../../../src/errors/cli-error.ts';
import { generatedFleet } from './generated-fleet.ts';

const place = { file: 'f.yaml', directory: '/' };

/** The fleet, or the faults; read in pieces of that many characters at least. */
function outcome(text: string, size: number): unknown {
  try {
    return readFleet(text, place, size);
  } catch (error) {
    if (error instanceof CliError) return error.lines;
    throw error;
  }
}

const head = 'version: 1\ncertificates: { app: { p12: app.p12 } }\n';
const entry = (name: string): string =>
  `  ${name}:\n    tenant: ${name}.example\n    certificate: app\n    sign-in: { profile: ${name} }\n`;
const three = `${entry('a')}${entry('b')}${entry('c')}`;

const inPieces: Readonly<Record<string, string>> = {
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
  'many tenants': generatedFleet(300),
};

test.each(Object.entries(inPieces))('is the same in pieces and at once: %s', (_what, text) => {
  expect(piecesOf(text, 1)?.tenants.length).toBeGreaterThan(1);
  const [whole, pieces] = [outcome(text, Number.POSITIVE_INFINITY), outcome(text, 1)];
  expect(pieces).toEqual(whole);
  expect(outcome(text, 200)).toEqual(whole);
});

const atOnce: Readonly<Record<string, string>> = {
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

test.each(Object.entries(atOnce))('is not cut: %s', (_what, text) => {
  expect(piecesOf(text, 1)).toBeNull();
  expect(outcome(text, 1)).toEqual(outcome(text, Number.POSITIVE_INFINITY));
});

test('the pieces are the text', () => {
  const text = readFileSync('test/fixtures/fleet/fleet.yaml', 'utf8');
  const pieces = piecesOf(text, 1);
  const all = [pieces?.head, ...(pieces?.tenants ?? [])].map((piece) => text.slice(piece?.start, piece?.end));
  expect(all.join('')).toBe(text);
  expect(all).toHaveLength(5);
});

test('a text that is not cut is refused before its values take too much room', () => {
  const tooMuch = [
    'f.yaml has 1 fault',
    'f.yaml:1:1: too many values follow in one piece: in a large file tenants and their names stand on lines of their own, without brackets around',
  ];
  const document = (tenants: number): string =>
    JSON.stringify({
      version: 1,
      certificates: { app: { p12: 'app.p12' } },
      tenants: Object.fromEntries(
        Array.from({ length: tenants }, (_, index) => [
          `tenant-${index}`,
          { tenant: `t${index}.example`, certificate: 'app', 'sign-in': { profile: 'p' } },
        ]),
      ),
    });
  expect(outcome(document(50_000), 8192)).toEqual(tooMuch);
  expect(outcome(`[${'1,'.repeat(600_000)}]`, 8192)).toEqual(tooMuch);
  expect(outcome(document(2000), 8192)).toMatchObject({ file: 'f.yaml' });
  const one = `version: 1\ntenants:\n${entry('a')}    labels: { ${'a: 1, '.repeat(300_000)} }\n${entry('b')}`;
  expect(outcome(one, 8192)).toEqual(['f.yaml has 1 fault', tooMuch[1]?.replace(':1:1:', ':3:1:')]);
});
