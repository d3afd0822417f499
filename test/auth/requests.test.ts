import { expect, test } from 'vitest';
import type { ProfileStore, Profiles } from '../../src/auth/profile.ts';
import { emptyProfile, noProfiles } from '../../src/auth/profiles.ts';
import {
  type CertificateChange,
  createRecorder,
  openRequests,
  requestsTo,
  stampOf,
  withDeleted,
  withOutcomeUnknown,
  withoutRequest,
  withRequest,
  withSet,
} from '../../src/auth/requests.ts';
import type { CertificateRequest } from '../../src/auth/stored-schemas.ts';
import { CliError } from '../../src/errors/cli-error.ts';
import { testCases } from '../support/cases.ts';

const moment = (day: string) => `2026-01-${day.padStart(2, '0')}T00:00:00.000Z`;
const dayOf = (at: string) => Number(at.slice(8, 10));

/** What a step does to a profile: `a send set K@1` at the tenant T, and `K@1@U` at another one. */
const steps: Readonly<
  Record<string, (all: Profiles, name: string, request: CertificateRequest) => Profiles>
> = {
  send: withRequest,
  unknown: withOutcomeUnknown,
  undo: withoutRequest,
  done: (all, name, request) => {
    if (request.asked === 'delete') return withDeleted(all, name, request);
    const { tenant, clientAppKey, at } = request;
    const certificate = { topic: 'topic', fingerprint: 'f', notAfter: moment('28') };
    return withSet(all, name, { tenant, clientAppKey, ...certificate, setAt: at });
  },
  setting: (all, name) => ({
    ...all,
    profiles: { ...all.profiles, [name]: { ...emptyProfile, settings: { scope: 'x' } } },
  }),
  current: (all, name) => ({ ...all, current: name }),
};

/** `set K@1`: the change and its place. */
function changeIn(asked = '', place = ''): CertificateChange {
  const [clientAppKey = '', day = '', tenant = 'T'] = place.split('@');
  const sent = { topic: 'topic', fingerprint: 'f', notAfter: moment('28') };
  return { tenant, clientAppKey, asked, ...sent, at: moment(day) } as CertificateChange;
}

const after = (text: string): Profiles => afterwards(noProfiles, text);

function afterwards(before: Profiles, text: string): Profiles {
  return text.split('; ').reduce((all, line) => {
    const [name = '', step = '', ...change] = line.split(' ');
    return steps[step]?.(all, name, { ...changeIn(...change), outcome: 'sending' }) ?? all;
  }, before);
}

function keptIn({ profiles }: Profiles): string {
  const kept = Object.entries(profiles).map(([name, { certificates, requests, sentAs }]) => {
    const records = certificates.map(
      ({ clientAppKey, setAt }) => `${clientAppKey}@${dayOf(setAt)}`,
    );
    const told = requests?.map(
      (each) => `${each.asked} ${each.clientAppKey}@${dayOf(each.at)} ${each.outcome}`,
    );
    const forms = Object.entries(sentAs ?? {}).map(([tenant, form]) => `${tenant} takes ${form}`);
    return `${name} has ${[...records, ...(told ?? ['no requests']), ...forms].join(', ')}`;
  });
  return kept.join('; ');
}

testCases('auth/requests', {
  'what is kept after some steps, what the tenant T was asked, and what is open': (
    text: string,
  ) => {
    const profiles = after(text);
    const asked = requestsTo(profiles, 'T').map(
      ({ clientAppKey, asked, answered, at }) =>
        `${asked} ${clientAppKey}@${dayOf(at)}${answered ? '' : ' without an answer'}`,
    );
    const open = openRequests(profiles).map(
      ({ profile, asked, clientAppKey, at }) =>
        `${asked} ${clientAppKey}@${dayOf(at)} of ${profile}`,
    );
    return [keptIn(profiles), `T: ${asked.join(', ')}`, `open: ${open.join(', ')}`].join(' | ');
  },
  'the time of a request to T after some steps': (text: string, at: string) =>
    stampOf(after(text), { tenant: 'T', at }),
  /** While it is sent, another process may have changed the store. */
  'what a recorder keeps in the profile a: before, the change, its states, and meanwhile': async (
    text: string,
    change: string,
    states: string,
    meanwhile = '',
  ) => {
    let kept = after(text);
    const store = {
      async update(changed) {
        if (meanwhile === 'full') throw new CliError('file-unwritable', 'x');
        kept = await changed(kept);
        return kept;
      },
    } as Partial<ProfileStore> as ProfileStore;
    const recorder = createRecorder(changeIn(...change.split(' ')), {
      store,
      profiles: kept,
      profileName: 'a',
    });
    const errors: unknown[] = [];
    for (const state of states.split(', ') as ('sending' | 'unknown' | 'notDone' | 'done')[]) {
      const error = await recorder[state]('form');
      errors.push(error === null ? null : error.code);
      if (state === 'sending' && meanwhile.includes(' ')) kept = afterwards(kept, meanwhile);
    }
    const settled = recorder.settled.map(({ asked, at }) => `${asked} of ${dayOf(at)}`);
    const ends = [`settled: ${settled.join(', ')}`, recorder.hasSentBefore ? 'known' : 'new'];
    return [keptIn(kept), ...ends, errors.filter((code) => code !== null).join(', ')].join(' | ');
  },
});

test('a recorder throws what is no error of the program', async () => {
  const store = {
    update: () => Promise.reject(new TypeError('x')),
  } as Partial<ProfileStore> as ProfileStore;
  const place = { store, profiles: noProfiles, profileName: 'a' };
  await expect(createRecorder(changeIn('set', 'K@1'), place).sending()).rejects.toThrow(TypeError);
});

test('a stamp never passes the last valid date', () => {
  const last = '+275760-09-13T00:00:00.000Z';
  const profiles = withRequest(noProfiles, 'a', { tenant: 'T', at: last } as CertificateRequest);
  expect(stampOf(profiles, { tenant: 'T', at: moment('1') })).toBe(last);
});
