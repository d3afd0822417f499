import { describe, expect, test } from 'vitest';
import { collectFaults } from '../../../src/commands/fleet/file/faults.ts';
import { readPlainPiece } from '../../../src/commands/fleet/file/plain-piece.ts';
import { parsePiece } from '../../../src/commands/fleet/file/yaml-piece.ts';
import { createYamlValues } from '../../../src/commands/fleet/file/yaml-values.ts';
import { generatedFleet } from './generated-fleet.ts';

/** What the parser makes of it; null where it finds a fault. */
function parsed(text: string): unknown {
  const faults = collectFaults();
  const piece = parsePiece(text, 0, faults);
  const value = createYamlValues(text.length, faults).read(piece);
  return faults.found ? null : value;
}

const tenant = `  acme:
    tenant: abc1234.id.cyberark.cloud:8443
    # Ours.

    certificate: app
    sign-in: { client-id: ci@acme, client-secret: { command: [op, read, "op://vault/a b"] } }
    labels: {region: eu, ring: 'late one', none: [ ]  }
    password:
      file: /secrets/acme
`;

describe('the plainest YAML', () => {
  test.each([
    ['a tenant', tenant],
    ['two', tenant + tenant.replace('acme', 'globex')],
    ['none is to be there', '  a:\n    certificate: null\n    tenant: http://127.0.0.1:80\n'],
    [
      'a line a tenant',
      '   t1: { tenant: "http://127.1.0.1:80", certificate: app, sign-in: { token: { env: T } } }\n',
    ],
    ['what fleets are generated as', generatedFleet(3).split('tenants:\n')[1] ?? ''],
    ['an empty mapping', '  a: {}\n  b: { c: { } }\n'],
    ['names of objects', '  constructor: { toString: valueOf }\n'],
  ])('is read as the parser reads it: %s', (_what, text) => {
    expect(readPlainPiece(text)).not.toBeNull();
    expect(readPlainPiece(text)).toEqual(parsed(text));
  });

  test.each([
    ['an anchor', '  a: &x { b: c }\n'],
    ['an alias', '  a: *x\n'],
    ['a merge key', '  a:\n    <<: { b: c }\n'],
    ['a tag', '  a: !!str b\n'],
    ['a number', '  a: 1\n'],
    ['a switch in another spelling', '  a: True\n'],
    ['a key that is a switch', '  a: { true: b }\n'],
    ['nothing', '  a:\n  b: c\n'],
    ['nothing at the end', '  a:\n    b:\n'],
    ['a text with blanks', '  a: b c\n'],
    ['a text over two lines', '  a: b\n    c\n'],
    ['a key below a text', '  a: b\n    c: d\n'],
    ['a quoted text over two lines', '  a: "b\n    c"\n'],
    ['an escape', '  a: "b\\n"\n'],
    ['a doubled quote', "  a: 'b''c'\n"],
    ['a block scalar', '  a: |\n    b: c\n'],
    ['a list in lines', '  a:\n    - b\n'],
    ['a comment behind a value', '  a: b # c\n'],
    ['a key twice', '  a: b\n  a: c\n'],
    ['a key twice in braces', '  a: { b: c, b: d }\n'],
    ['a brace too many', '  a: { b: c }}\n'],
    ['a brace too few', '  a: { b: c\n'],
    ['less indent', '   a: b\n  c: d\n'],
    ['more indent', '  a:\n    b: c\n      d: e\n'],
    ['indent in between', '  a:\n    b:\n       c: d\n      e: f\n'],
    ['lines as on Windows', '  a: b\r\n'],
    ['a tab', '  a:\tb\n'],
    ['a line separator', '  # a\u2028  b: c\n'],
    ['an umlaut', '  a: "ä"\n'],
    ['a pair in a list', '  a: [b: c]\n'],
    ['a colon at the end', '  a: b:\n'],
    ['two values', '  a: { b: c: d }\n'],
    ['a second document', '---\n  a: b\n'],
    ['too much nesting', `  a: ${'['.repeat(20)}${']'.repeat(20)}\n`],
    ['a very long key', `  ${'a'.repeat(2000)}: b\n`],
    ['comments alone', '# a\n'],
    ['a very long piece', '  # a\n'.repeat(20_000) + tenant],
  ])('is not %s', (_what, text) => {
    expect(readPlainPiece(text)).toBeNull();
  });

  test('is never read in another way than the parser does, whatever is changed in it', () => {
    const random = generator(7);
    const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
    const parts = [
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      ': ',
      ' ',
      '\n',
      '\n  ',
      '\n    ',
      '#',
      ' #',
      '"',
      "'",
      '-',
      '- ',
    ]
      .concat([
        '&a ',
        '*a',
        '!',
        '|',
        '>',
        '?',
        '%',
        '@',
        '~',
        'null',
        'true',
        'a',
        'a: b',
        '1',
        '0x1',
        '.',
        '\\',
        '\t',
      ])
      .concat([
        '\r',
        '\u0085',
        '\u2028',
        '\ufeff',
        'é',
        '{ a: b }',
        '[a, b]',
        '<<: ',
        '---\n',
        '...\n',
        '`',
        '=',
        '\u0000',
      ]);
    let plain = 0;
    for (let round = 0; round < 20_000; round++) {
      let text = pick([tenant, '  a: { b: c, d: [e, "f g"] }\n  h:\n    i: j\n']);
      for (let changes = 1 + Math.floor(random() * 3); changes > 0; changes--) {
        const at = Math.floor(random() * (text.length + 1));
        text = text.slice(0, at) + pick(parts) + text.slice(at + Math.floor(random() * 4));
      }
      const value = readPlainPiece(text);
      if (value === null) continue;
      plain++;
      expect([text, value]).toEqual([text, parsed(text)]);
    }
    expect(plain).toBeGreaterThan(1000);
  });
});

/** Numbers from 0 to 1 that are the same in every run (mulberry32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
