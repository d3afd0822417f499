import { expect, test } from 'vitest';
import type { RenewOptions } from '../../../src/commands/apns/renew/options.ts';
import type { RenewReport } from '../../../src/commands/apns/renew/report-renewal.ts';
import { command } from '../../../src/commands/apns/renew.ts';

/** A renewal that waits for nobody, and against which nothing speaks. */
const plain = { due: true, set: null, needs: null, findings: [], reach: 'not-known' };
const set = { clientAppKey: 'com.example.app' };
const needs = { who: 'somebody', what: 'something' };
const finding = { code: 'key-mismatch', level: 'error' };

// A tenant on this machine, as the stories have it, takes certificates of any issuer: nothing speaks against those.
test.each([
  ['a step was taken', {}, {}, 0],
  ['the certificate is set', { due: false, set }, {}, 0],
  ['the certificate is set, and its pushes reach no phone', { set, reach: 'against' }, {}, 8],
  ['nothing is due', { due: false }, {}, 0],
  ['nothing is due, and pushes reach no phone', { due: false, reach: 'against' }, {}, 4],
  ['APNs refuses', { verification: { accepted: false }, reach: 'against' }, {}, 6],
  ['the checks find an error', { findings: [finding], needs }, {}, 4],
  ['the outcome is unknown', { error: { exitCode: 7 } }, {}, 7],
  ['a person is needed', { needs }, {}, 0],
  ['a person is needed, and a monitor runs it', { needs }, { ifDaysLeft: 30 }, 4],
  ['a person is needed, in place of the issuer', { needs }, { issuer: 'issuer' }, 4],
])('%s', (_what, facts, options, exitCode) => {
  const report = { ...plain, ...facts } as unknown as RenewReport;
  const context = { signal: new AbortController().signal };
  expect(command.exitCode?.(report, options as RenewOptions, context)).toBe(exitCode);
});
