import { describe, expect, test, vi } from 'vitest';
import type { Mechanism, Person } from '../../../src/auth/factors/mechanism.ts';
import { type FactorContext, meetChallenge } from '../../../src/auth/factors/meet-challenge.ts';
import { CliError } from '../../../src/errors/cli-error.ts';
import { Secret } from '../../../src/text/secret.ts';
import { pauses } from '../hurried.ts';
import { actionOf, type MemoryTenant, memoryTenant } from './memory-tenant.ts';

vi.mock('node:timers/promises', async (original) => (await import('../hurried.ts')).hurried(original));

const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

const pending = { Result: { Summary: 'OobPending' } };
const success = { Result: { Summary: 'LoginSuccess', Token: 't' } };
const refusal = { success: false, Message: 'No.' };
const unreachable = () => new CliError('tenant-unreachable', 'The tenant is away');

const call: Mechanism = {
  id: 'm1',
  name: 'PF',
  kind: 'poll',
  select: 'Call',
  chosen: 'It rings',
  questions: [],
};
const text: Mechanism = { ...call, name: 'SMS', kind: 'answer-or-poll', select: 'SMS', chosen: 'Code' };

/** Somebody who is only ever asked for a code, and what happens to them. */
function person(code: Person['code'] = untilStopped()): { person: Person; events: string[] } {
  const events: string[] = [];
  const unexpected = () => Promise.reject(new Error('nothing else is asked'));
  const asked: Person = {
    choose: unexpected,
    answer: unexpected,
    openPage: unexpected,
    trusts: unexpected,
    tell: (words) => void events.push(words),
    awaits(words) {
      events.push(words);
      return { stop: () => void events.push('no longer awaited') };
    },
    async code(question, stop) {
      events.push(question);
      try {
        return await code(question, stop);
      } finally {
        events.push('keyboard free');
      }
    },
  };
  return { person: asked, events };
}

/** Nobody types, and the keyboard is free some time after it is asked for. */
function untilStopped(milliseconds = 0): Person['code'] {
  return (_question, stop) =>
    new Promise((_resolve, reject) => {
      const end = () => setTimeout(() => reject(new Error('stopped')), milliseconds);
      stop.addEventListener('abort', end, { once: true });
    });
}

/** Types these, one after the other. */
function typing(...codes: string[]): Person['code'] {
  return async () => new Secret(codes.shift() ?? 'more than was expected');
}

function meet(tenant: MemoryTenant, who: Person, mechanism: Mechanism, context: Partial<FactorContext> = {}) {
  const session = { tenant: 'https://tenant.example', sessionId: 's1', tenantId: null, typed: [] };
  return meetChallenge(session, mechanism, {
    http: tenant.http,
    patientHttp: tenant.http,
    person: who,
    signal: new AbortController().signal,
    patience: 20_000,
    ...context,
  });
}

describe.each([call, text])('$select', (mechanism) => {
  test('that is refused at once awaits nobody', async () => {
    const { person: ada, events } = person();
    const answer = await meet(memoryTenant(refusal), ada, mechanism);
    expect(answer).toEqual({ kind: 'failed', words: 'No.', isUnsent: true });
    expect(events).toEqual([]);
  });

  test('that nobody meets ends when patience does', async () => {
    const tenant = memoryTenant(pending);
    const { person: ada, events } = person();
    const met = meet(tenant, ada, mechanism, { patience: 100 });
    await expect(met).rejects.toMatchObject({
      code: 'sign-in-timed-out',
      message: 'The challenge was not answered in time',
      facts: { awaited: 'factor' },
    });
    expect(new Set(tenant.requests.map(actionOf).slice(1))).toEqual(new Set(['Poll']));
    expect(events).toHaveLength(2);
  });

  test('ends with what interrupts it', async () => {
    const interrupt = new AbortController();
    const { person: ada, events } = person();
    const met = meet(memoryTenant(pending), ada, mechanism, { signal: interrupt.signal });
    await sleep(20);
    interrupt.abort(new CliError('interrupted', 'Interrupted'));
    await expect(met).rejects.toMatchObject({ code: 'interrupted' });
    expect(events).toHaveLength(2);
  });

  test('ends with the failure of a poll', async () => {
    const fail = () => Promise.reject(unreachable());
    const { person: ada, events } = person();
    await expect(meet(memoryTenant(pending, fail), ada, mechanism)).rejects.toMatchObject({
      code: 'tenant-unreachable',
    });
    expect(events).toHaveLength(2);
  });

  test('shows the number to compare, and polls with patience until the tenant says something else', async () => {
    const numbered = { Result: { Summary: 'OobPending', GeneratedAuthValue: 42 } };
    const [tenant, patient] = [memoryTenant(numbered), memoryTenant(pending, success)];
    const { person: ada, events } = person();
    pauses.length = 0;
    const met = await meet(tenant, ada, mechanism, { patientHttp: patient.http });
    expect(met).toMatchObject({ kind: 'signed-in' });
    // Once a second.
    expect(pauses).toEqual([1_000, 1_000]);
    expect(tenant.requests.map(actionOf)).toEqual(['StartOOB']);
    expect(patient.requests.map(actionOf)).toEqual(['Poll', 'Poll']);
    expect(events).toEqual([
      'Choose this number on your phone: 42',
      mechanism.chosen,
      expect.stringMatching(/^(no longer awaited|keyboard free)$/),
    ]);
  });
});

describe('a code that may be typed', () => {
  test('is sent before anything is polled, and nothing is polled for it any more', async () => {
    const [tenant, patient] = [memoryTenant(pending, refusal), memoryTenant(pending)];
    const met = meet(tenant, person(typing('123456')).person, text, { patientHttp: patient.http });
    expect(await met).toEqual({ kind: 'failed', words: 'No.' });
    expect(tenant.requests.map(({ body = '' }) => JSON.parse(body).Answer)).toEqual([undefined, '123456']);
    expect(patient.requests).toEqual([]);
  });

  test('is asked for again where none was typed', async () => {
    const tenant = memoryTenant(pending, success);
    const { person: ada, events } = person(typing('', ' ', '123456'));
    expect(await meet(tenant, ada, text)).toMatchObject({ kind: 'signed-in' });
    expect(tenant.requests.map(actionOf)).toEqual(['StartOOB', 'Answer']);
    expect(events.filter((event) => event === text.chosen)).toHaveLength(3);
  });

  test('is no longer asked for once the poll is answered: the keyboard is free for what follows', async () => {
    const { person: ada, events } = person(untilStopped(50));
    await meet(memoryTenant(pending, success), ada, text);
    expect(events).toEqual(['Code', 'keyboard free']);
  });

  test('that somebody breaks off ends it at once, and nothing is polled any more', async () => {
    const tenant = memoryTenant(pending);
    const breakOff = () => Promise.reject(new CliError('interrupted', 'Interrupted'));
    const met = meet(tenant, person(breakOff).person, text);
    await expect(met).rejects.toMatchObject({ code: 'interrupted' });
    expect(tenant.requests).toHaveLength(1);
  });

  test('in time is answered with the tenant’s own failure, however late that comes', async () => {
    const fail = () => sleep(200).then(() => Promise.reject(unreachable()));
    const { person: ada } = person(typing('123456'));
    await expect(meet(memoryTenant(pending, fail), ada, text, { patience: 100 })).rejects.toMatchObject({
      code: 'tenant-unreachable',
    });
  });

  test.each([
    ['is still sent where a poll failed', () => Promise.reject(unreachable()), ['StartOOB', 'Answer']],
    ['is not sent where a poll signed in', () => success, ['StartOOB']],
  ])('%s at the same time', async (_case, answer, actions) => {
    const poll = () => sleep(100).then(answer);
    const [tenant, patient] = [memoryTenant(pending, success), memoryTenant(poll)];
    const codeDuringPoll = async () => {
      while (patient.requests.length === 0) await sleep(10);
      return new Secret('123456');
    };
    const { person: ada } = person(codeDuringPoll);
    expect(await meet(tenant, ada, text, { patientHttp: patient.http })).toMatchObject({ kind: 'signed-in' });
    expect([tenant.requests.map(actionOf), patient.requests.length]).toEqual([actions, 1]);
  });
});
