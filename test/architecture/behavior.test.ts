import { describe, expect, test } from 'vitest';
import { roomOf } from '../../scripts/rooms.mjs';
import {
  behaviorOf,
  changingPaths,
  harmlessPaths,
  undeclared,
} from '../support/stories/behavior.ts';
import { readSource } from './source.ts';
import { textsIn } from './texts.ts';

const paths = [...readSource()]
  .filter(([file]) => roomOf(file) === 'tenant')
  .flatMap(([file, code]) => textsIn(file, code))
  .flatMap(({ text }) => /^\/[A-Z]\w+\/{1,2}\w+$/.exec(text)?.[0] ?? []);

test('each path of tenant/ is known to change the tenant, or not to', () => {
  expect([...new Set(paths)].sort()).toEqual([...changingPaths, ...harmlessPaths].sort());
});

const quiet = { requests: [], questions: [], exitCode: 0, stdout: '', stderr: '' } as const;
const setting = '/Mobile/SetApnsCertForClientApp application/json {}';
const deleting = 'tenant 2 /Mobile/DeleteApnsCertForClientApp';

describe('a command that did what it does not declare', () => {
  test.each<[string, string, object, readonly string[]]>([
    ['sent', 'whoami', { requests: [setting] }, [`sends: ${setting}`]],
    ['deleted', 'apns set a.p12', { requests: [deleting] }, [`destroys: ${deleting}`]],
    ['asked', '--json fleet init', { questions: ['Sure?'] }, ['asks: Sure?']],
    [
      'needed a session',
      'fleet merge',
      { exitCode: 5, stdout: '{"error":{"code":"not-signed-in"}}' },
      ['needsSession: nobody is signed in'],
    ],
  ])('%s is told', (_what, line, seen, told) => {
    expect(undeclared(line.split(' '), { ...quiet, ...seen })).toEqual(told);
  });

  test('is told only then', () => {
    const seen = { ...quiet, requests: [setting, '/Security/WhoAmI'], questions: ['Sure?'] };
    expect(undeclared(['apns', 'set'], seen)).toEqual([]);
    const hook = `hook set {"path": "${setting}"}`;
    expect(undeclared(['whoami'], { ...quiet, requests: [hook] })).toEqual([]);
    expect(behaviorOf(['help'])).toBe(null);
  });
});
