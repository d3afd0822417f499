import { describe, expect, test } from 'vitest';
import { openProof } from '../../src/change/prove-by-push.ts';
import { CliError } from '../../src/errors/cli-error.ts';
import { memoryHttp } from '../support/memory-http.ts';

const tenant = 'https://abc1234.id.cyberark.cloud';

/** The first answer of a sign-in: a challenge that no terminal meets, and no push. */
const started = {
  success: true,
  Result: {
    Summary: 'NewPackage',
    SessionId: 's1',
    TenantId: 'T1',
    Challenges: [{ Mechanisms: [{ Name: 'U2F', MechanismId: 'key', AnswerType: 'U2f' }] }],
  },
};

/** The time limits of the requests of a proof: those of the sign-in, and of its cleanup. */
async function limitsOf(timeout: number, { isInterrupted = false } = {}) {
  const interrupt = new AbortController();
  const opened: (readonly [number, boolean])[] = [];
  const parting: number[] = [];
  const context = {
    terminal: { interactive: false, note() {}, info() {}, show() {} },
    signal: interrupt.signal,
    async http(options: { readonly timeout: number; readonly silent?: boolean }) {
      opened.push([options.timeout, options.silent === true]);
      return memoryHttp(() => {
        if (isInterrupted) interrupt.abort(new CliError('interrupted', 'Interrupted'));
        return { body: started };
      }).http;
    },
    httpSource: async () => ({
      open(limit: number) {
        parting.push(limit);
        return { ...memoryHttp({ body: { success: true } }).http, close() {} };
      },
    }),
  };
  const called = { tenant, user: 'uma@example.com', isOwn: true };
  await openProof(called, 120, { timeout, caFile: null } as never, context as never)
    .prove(null)
    .catch(() => {});
  return { opened, parting };
}

describe('a proof by push', () => {
  test('waits for the person as long as the proof may take, whatever the timeout', async () => {
    const { opened } = await limitsOf(5_000);
    expect(opened).toEqual([
      [5_000, false],
      [120_000, true],
    ]);
  });

  test.each([
    [30_000, false, 30_000],
    [30_000, true, 2_000],
    [500, true, 500],
  ])(
    'with a timeout of %i ms, interrupted: %s, ends its sign-in within %i ms',
    async (timeout, isInterrupted, limit) => {
      expect((await limitsOf(timeout, { isInterrupted })).parting).toEqual([limit]);
    },
  );
});
