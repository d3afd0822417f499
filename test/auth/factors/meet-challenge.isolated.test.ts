import { describe, expect, test, vi } from 'vitest';
import { type FactorContext, meetChallenge } from '../../../src/auth/factors/meet-challenge.ts';
import type { Person } from '../../../src/auth/factors/person.ts';
import { CliError } from '../../../src/errors/cli-error.ts';
import type { HttpRequest } from '../../../src/network/http.ts';
import type { Mechanism } from '../../../src/tenant/security/factor-answer.ts';
import { Secret } from '../../../src/text/secret.ts';
import { memoryHttp, type Reply, type Turn } from '../../support/memory-http.ts';
import { pauses } from '../hurried.ts';

vi.mock('node:timers/promises', async (original) =>
  (await import('../hurried.ts')).hurried(original),
);

const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const result = (Result: object): Reply => ({ body: { success: true, Result } });
const pending = result({ Summary: 'OobPending' });
const success = result({ Summary: 'LoginSuccess', Token: 't' });
const refusal: Reply = { body: { success: false, Message: 'No.' } };
const unreachable = () => Promise.reject(new CliError('tenant-unreachable', 'The tenant is away'));
const actions = (sent: readonly HttpRequest[]) =>
  sent.map(({ body = '' }) => JSON.parse(body).Action);

const call: Mechanism = {
  ...{ id: 'm1', name: 'PF', kind: 'poll', select: 'Call', chosen: 'It rings', fits: true },
};
const text: Mechanism = {
  ...call,
  name: 'SMS',
  kind: 'answer-or-poll',
  select: 'SMS',
  chosen: 'Code',
};

/** Nobody types, and the keyboard is free some time after it is asked for. */
const untilStopped =
  (milliseconds = 0): Person['code'] =>
  (_question, stop) =>
    new Promise((_resolve, reject) => {
      const end = () => setTimeout(() => reject(new Error('stopped')), milliseconds);
      stop.addEventListener('abort', end, { once: true });
    });
/** Types these, one after the other. */
const typing =
  (...codes: string[]): Person['code'] =>
  async () =>
    new Secret(codes.shift() ?? 'more than was expected');

type Turns = readonly Turn[];

/** Meets a challenge of a tenant that answers so, at its polls perhaps otherwise, with somebody who is only asked for a code. */
function meet(
  mechanism: Mechanism,
  turns: Turns,
  {
    code = untilStopped(),
    polls,
    other = null,
    ...context
  }: Partial<FactorContext> & {
    code?: Person['code'];
    polls?: Turns;
    other?: string | null;
  } = {},
) {
  const events: string[] = [];
  const tenant = memoryHttp(...turns);
  const patient = polls === undefined ? tenant : memoryHttp(...polls);
  const person: Partial<Person> = {
    other,
    tell: (words) => void events.push(words),
    awaits(words) {
      events.push(words);
      return { stop: () => void events.push('no longer awaited') };
    },
    async code(question, stop) {
      events.push(question);
      return code(question, stop).finally(() => events.push('keyboard free'));
    },
  };
  const session = { tenant: 'https://tenant.example', sessionId: 's1', tenantId: null, typed: [] };
  const met = meetChallenge(session, mechanism, {
    ...{ http: tenant.http, patientHttp: patient.http, person: person as Person, patience: 20_000 },
    signal: new AbortController().signal,
    ...context,
  });
  return { met, events, sent: tenant.sent, polled: patient.sent };
}

describe.each([call, text])('$select', (mechanism) => {
  test('that is refused at once awaits nobody', async () => {
    const { met, events } = meet(mechanism, [refusal]);
    expect(await met).toEqual({ kind: 'failed', words: 'No.', isUnsent: true });
    expect(events).toEqual([]);
  });

  test.each<[string, Turns, () => Partial<FactorContext>, object]>([
    [
      'patience ends',
      [pending],
      () => ({ patience: 100 }),
      {
        ...{ code: 'sign-in-timed-out', message: 'The challenge was not answered in time' },
        facts: { awaited: 'factor' },
      },
    ],
    [
      'somebody interrupts it',
      [pending],
      () => {
        const interrupt = new AbortController();
        setTimeout(() => interrupt.abort(new CliError('interrupted', 'Interrupted')), 20);
        return { signal: interrupt.signal };
      },
      { code: 'interrupted' },
    ],
    ['a poll fails', [pending, unreachable], () => ({}), { code: 'tenant-unreachable' }],
  ])('ends once %s', async (_case, turns, context, error) => {
    const { met, events, sent } = meet(mechanism, turns, context());
    await expect(met).rejects.toMatchObject(error);
    const [first, ...others] = actions(sent);
    expect([first, others.every((action) => action === 'Poll'), events.length]).toEqual([
      'StartOOB',
      true,
      2,
    ]);
  });

  test('shows the number to compare, and polls with patience until the tenant says something else', async () => {
    pauses.length = 0;
    const numbered = result({ Summary: 'OobPending', GeneratedAuthValue: 42 });
    const { met, events, sent, polled } = meet(mechanism, [numbered], {
      polls: [pending, success],
    });
    expect(await met).toMatchObject({ kind: 'signed-in' });
    // Once a second.
    expect(pauses).toEqual([1_000, 1_000]);
    expect([actions(sent), actions(polled)]).toEqual([['StartOOB'], ['Poll', 'Poll']]);
    expect(events).toEqual([
      'Choose this number on your phone: 42',
      mechanism.chosen,
      mechanism === call ? 'no longer awaited' : 'keyboard free',
    ]);
  });

  test('shows the number for another user by name', async () => {
    const numbered = result({ Summary: 'OobPending', GeneratedAuthValue: 42 });
    const { met, events } = meet(mechanism, [numbered], {
      polls: [success],
      other: 'uma@example.com',
    });
    await met;
    expect(events[0]).toBe('Tell uma@example.com to choose this number on the phone: 42');
  });
});

describe('a code that may be typed', () => {
  test('is sent before anything is polled, and nothing is polled for it any more', async () => {
    const { met, sent, polled } = meet(text, [pending, refusal], {
      polls: [pending],
      code: typing('123456'),
    });
    expect(await met).toEqual({ kind: 'failed', words: 'No.' });
    expect(sent.map(({ body = '' }) => JSON.parse(body).Answer)).toEqual([undefined, '123456']);
    expect(polled).toEqual([]);
  });

  test('is asked for again where none was typed', async () => {
    const { met, sent, events } = meet(text, [pending, success], {
      code: typing('', ' ', '123456'),
    });
    expect(await met).toMatchObject({ kind: 'signed-in' });
    expect(actions(sent)).toEqual(['StartOOB', 'Answer']);
    expect(events.filter((event) => event === text.chosen)).toHaveLength(3);
  });

  test('is no longer asked for once the poll is answered: the keyboard is free for what follows', async () => {
    const { met, events } = meet(text, [pending, success], { code: untilStopped(50) });
    await met;
    expect(events).toEqual(['Code', 'keyboard free']);
  });

  test('that somebody breaks off ends it at once, and nothing is polled any more', async () => {
    const code = () => Promise.reject(new CliError('interrupted', 'Interrupted'));
    const { met, sent } = meet(text, [pending], { code });
    await expect(met).rejects.toMatchObject({ code: 'interrupted' });
    expect(sent).toHaveLength(1);
  });

  test('in time is answered with the tenant’s own failure, however late that comes', async () => {
    const late = () => sleep(200).then(unreachable);
    const { met } = meet(text, [pending, late], { code: typing('123456'), patience: 100 });
    await expect(met).rejects.toMatchObject({ code: 'tenant-unreachable' });
  });

  test.each<[string, () => Reply | Promise<Reply>, string[]]>([
    ['is still sent where a poll failed', unreachable, ['StartOOB', 'Answer']],
    ['is not sent where a poll signed in', () => success, ['StartOOB']],
  ])('%s at the same time', async (_case, answer, expected) => {
    const poll = () => sleep(100).then(answer);
    const started = meet(text, [pending, success], {
      polls: [poll],
      code: async () => {
        while (started.polled.length === 0) await sleep(10);
        return new Secret('123456');
      },
    });
    expect(await started.met).toMatchObject({ kind: 'signed-in' });
    expect([actions(started.sent), started.polled.length]).toEqual([expected, 1]);
  });
});
