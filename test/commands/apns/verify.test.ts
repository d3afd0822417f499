import { expect, test } from 'vitest';
import type { VerifyOptions } from '../../../src/commands/apns/options.ts';
import { command, type VerifyReport } from '../../../src/commands/apns/verify.ts';

const context = { signal: new AbortController().signal };
const noOptions = {} as VerifyOptions;

test.each([
  ['it is accepted, and nothing speaks against it', { ok: true, accepted: true }, 0],
  // No stand-in gives this answer: Apple accepts what seems not to be Apple's.
  ['it is accepted, and something speaks against it', { ok: false, accepted: true }, 4],
  ['it is refused', { ok: false, accepted: false }, 6],
])('the exit code where %s', (_case, facts, exitCode) => {
  const report = { ...facts, findings: [] } as unknown as VerifyReport;
  expect(command.exitCode?.(report, noOptions, context)).toBe(exitCode);
});
