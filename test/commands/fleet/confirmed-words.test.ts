import { expect, test } from 'vitest';
import { formatSources, type Source } from '../../../src/commands/fleet/confirmed-words.ts';

const hosts = (...numbers: readonly number[]): string[] =>
  numbers.map((number) => `https://t${number}.example`);

test('a question names the hosts that several sources share, and counts in numbers', () => {
  const sources: readonly Source[] = [
    { kind: 'file', words: ['a.p12'], hosts: hosts(1, 10, 2, 7) },
    { kind: 'file', words: ['b.p12'], hosts: hosts(3, 4, 5) },
    { kind: 'program', words: ['op', 'read', 'a b'], hosts: hosts(1, 10, 2, 7) },
    { kind: 'variable', words: ['KEY_10'], hosts: hosts(10) },
    { kind: 'variable', words: ['KEY_2'], hosts: hosts(2) },
    { kind: 'variable', words: ['SHARED'], hosts: hosts(1, 10, 2, 7, 3, 4, 5) },
    { kind: 'variable', words: ['PASSWORD'], hosts: hosts(1, 10, 2, 7, 3, 4, 5) },
    { kind: 'profile', words: ['one'], hosts: hosts(1, 2) },
    { kind: 'client', words: ['client-id=ci'], hosts: hosts(1, 2) },
  ];
  expect(formatSources(sources)).toEqual([
    '  group 1:',
    '    t1.example, t2.example, t7.example, t10.example',
    '  all 7 hosts:',
    '    t1.example, t2.example, t3.example, t4.example, t5.example, t7.example, t10.example',
    '  signs in as client-id=ci for t1.example, t2.example',
    '  reads the file a.p12 for group 1',
    '  reads the file b.p12 for t3.example, t4.example, t5.example',
    '  reads the variable KEY_2 for t2.example',
    '  reads the variable KEY_10 for t10.example',
    '  reads the variable PASSWORD for all 7 hosts',
    '  reads the variable SHARED for all 7 hosts',
    '  signs in with the profile one for t1.example, t2.example',
    "  runs the program op read 'a b' for group 1",
  ]);
});
