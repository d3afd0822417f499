import { expect } from 'vitest';
import { nearestName } from '../../src/text/nearest-name.ts';
import { testCases } from '../support/cases.ts';
import { createMachine } from '../support/context.ts';

/** What is said of a line, to a person and to a script: the error, and the hints behind it. */
async function told(line: string): Promise<string> {
  const { exitCode, stdout, stderr } = await createMachine().run(['--json', ...line.split(' ')]);
  const { error } = JSON.parse(stdout);
  const { code, message, hints } = error;
  const lines = [`error: ${message}`, ...hints.map((hint: string) => `hint: ${hint}`)];
  expect([exitCode, stderr]).toEqual([2, lines.map((text) => `mfa-cli: ${text}\n`).join('')]);
  expect(error).toEqual({ code, message, hints, exitCode });
  expect(stderr + stdout).not.toContain('hunter2');
  return `${code === 'usage' ? '' : `${code}: `}${[message, ...hints].join(' · ')}`;
}

testCases('usage', {
  'a line': told,
  'a secret, which is no option of any command': async (option: string) => {
    const before = ['', 'apns ', 'apns set ', 'login ', 'whoami '];
    const lines = before.flatMap((words) =>
      ['=', ' '].map((by) => `${words}${option}${by}hunter2`),
    );
    const [first, ...others] = await Promise.all(lines.map(told));
    for (const other of others) expect(other).toBe(first);
    return first;
  },
  'the nearest of login, logout, apns, app and api': (word: string) =>
    nearestName(word, ['login', 'logout', 'apns', 'app', 'api']),
});
