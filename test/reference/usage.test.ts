import { expect } from 'vitest';
import { nearestName } from '../../src/text/phrasing.ts';
import { testCases } from '../support/cases.ts';
import { createMachine } from '../support/context.ts';

testCases('usage', {
  'a line': async (line: string) => {
    const { exitCode, stdout, stderr } = await createMachine().run(['--json', ...line.split(' ')]);
    const { error } = JSON.parse(stdout);
    const { code, message, hints } = error;
    const told = [`error: ${message}`, ...hints.map((hint: string) => `hint: ${hint}`)];
    expect([exitCode, stderr]).toEqual([2, told.map((text) => `mfa-cli: ${text}\n`).join('')]);
    expect(error).toEqual({ code, message, hints, exitCode });
    expect(stderr + stdout).not.toContain('hunter2');
    return `${code === 'usage' ? '' : `${code}: `}${[message, ...hints].join(' · ')}`;
  },
  'the nearest of login, logout, apns, app and api': (word: string) =>
    nearestName(word, ['login', 'logout', 'apns', 'app', 'api']),
});
