import { expect, test } from 'vitest';
import type { Profiles } from '../../src/auth/profile.ts';
import { emptyProfile, noProfiles } from '../../src/auth/profiles.ts';
import {
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

function after(text: string): Profiles {
  return text.split('; ').reduce((all, line) => {
    const [name = '', step = '', asked = '', place = ''] = line.split(' ');
    const [clientAppKey = '', day = '', tenant = 'T'] = place.split('@');
    const sent = { topic: 'topic', fingerprint: 'f', notAfter: moment('28') };
    const request = { tenant, clientAppKey, asked, outcome: 'sending', ...sent, at: moment(day) };
    return steps[step]?.(all, name, request as CertificateRequest) ?? all;
  }, noProfiles);
}

testCases('auth/requests', {
  'what is kept after some steps, what the tenant T was asked, and what is open': (text: string) => {
    const profiles = after(text);
    const kept = Object.entries(profiles.profiles).map(([name, { certificates, requests }]) => {
      const records = certificates.map(({ clientAppKey, setAt }) => `${clientAppKey}@${dayOf(setAt)}`);
      const told = requests?.map(
        (each) => `${each.asked} ${each.clientAppKey}@${dayOf(each.at)} ${each.outcome}`,
      );
      return `${name} has ${[...records, ...(told ?? ['no requests'])].join(', ')}`;
    });
    const asked = requestsTo(profiles, 'T').map(
      ({ clientAppKey, asked, answered, at }) =>
        `${asked} ${clientAppKey}@${dayOf(at)}${answered ? '' : ' without an answer'}`,
    );
    const open = openRequests(profiles).map(
      ({ profile, asked, clientAppKey, at }) => `${asked} ${clientAppKey}@${dayOf(at)} of ${profile}`,
    );
    return [kept.join('; '), `T: ${asked.join(', ')}`, `open: ${open.join(', ')}`].join(' | ');
  },
  'the time of a request to T after some steps': (text: string, at: string) =>
    stampOf(after(text), { tenant: 'T', at }),
});

test('a stamp never passes the last valid date', () => {
  const last = '+275760-09-13T00:00:00.000Z';
  const profiles = withRequest(noProfiles, 'a', { tenant: 'T', at: last } as CertificateRequest);
  expect(stampOf(profiles, { tenant: 'T', at: moment('1') })).toBe(last);
});
