import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from 'vitest';
import {
  addedWith,
  peopleApplication,
  pipelineApplication,
  planApplication,
  planScopes,
} from '../../../src/commands/bootstrap/application-plan.ts';
import { type Found, likelyRights, planBootstrap } from '../../../src/commands/bootstrap/plan.ts';
import type { Wanted } from '../../../src/commands/bootstrap/steps.ts';
import type { CliError } from '../../../src/errors/cli-error.ts';
import { testCases } from '../../support/cases.ts';
import { failureOf } from '../../support/http.ts';

const wanted: Wanted = {
  appId: 'mfa-cli',
  clientId: 'mfa-cli',
  redirectUri: 'http://127.0.0.1:8400/callback',
  scope: 'all',
  readBack: false,
  devices: false,
  role: 'mfa-cli',
  right: null,
  member: null,
  serviceUser: null,
  secretFile: null,
};
const people = peopleApplication(wanted);
const ours = 'Lets administrators set the push certificate. Made by mfa-cli bootstrap.';

/** The plan of an application that is there with this profile. */
function planOf(OAuthProfile: unknown, more: object = { Description: ours }, spec = people) {
  const members = { Name: 'Push', ServiceName: 'mfa-cli', OAuthProfile, ...more };
  const plan = planApplication({ key: 'k', members }, spec);
  const changes = [plan.settings, plan.clients, plan.redirects, plan.scope].flat();
  return {
    plan,
    fields: changes.map(({ field }) => field),
    profile: plan.members.OAuthProfile as Record<string, unknown>,
  };
}

/** The profile of an application that bootstrap has made. */
const made = planApplication(null, people).members.OAuthProfile as Record<string, unknown>;

type Profile = Readonly<Record<string, unknown>>;

/** The fields that a plan changes, and each member of the profile that is another than before. */
function changesTo(before: unknown, members?: object): string {
  try {
    const { fields, profile } = planOf(before, members);
    if (fields.length === 0) return 'nothing';
    const names = new Set([...Object.keys(profile), ...Object.keys(before as Profile)]);
    const others = [...names].filter(
      (name) => !isDeepStrictEqual(profile[name], (before as Profile)[name]),
    );
    const after = Object.fromEntries(others.map((name) => [name, profile[name] ?? null]));
    return `${fields.join(', ')} ${JSON.stringify(after)}`;
  } catch (error) {
    return `refused: ${(error as CliError).code}`;
  }
}

testCases('bootstrap-plans', {
  'an application of bootstrap, with these members': (members: object) =>
    changesTo({ ...made, ...members }),
  'an application of somebody else, with this profile': (profile: unknown, members: object = {}) =>
    changesTo(profile, { Description: 'Theirs', ...members }),
  'a list of scopes': (scopes: unknown) => {
    const { list, changes } = planScopes(
      { KnownScopes: scopes },
      { scope: 'all', apis: ['/a', '/b'] },
      [],
    );
    const fields = changes.map(({ field }) => field).join(', ');
    return fields === '' ? 'nothing' : `${fields} ${JSON.stringify(list)}`;
  },
});

test('an application for pipelines needs nothing once it is made', () => {
  const pipelines = pipelineApplication(wanted);
  const profile = planApplication(null, pipelines).members.OAuthProfile;
  expect(planOf(profile, { Description: ours }, pipelines).fields).toEqual([]);
});

test('an application is made of one without a name, with the name', () => {
  const plan = planApplication(
    { key: 'k', members: { Name: 'OAuth2 Client', ServiceName: null } },
    people,
  );
  expect(plan.members).toMatchObject({ Name: 'mfa-cli', ServiceName: 'mfa-cli' });
});

describe('a scope', () => {
  const spec = { scope: 'all', apis: ['/a', '/b'] };

  test('lists the entries that were added with it, and again when more are added', () => {
    const [first] = planScopes({}, spec, ['client=a%20b', 'redirect=http%3A%2F%2Fx']).list as [
      { Description: string },
    ];
    expect(addedWith(first.Description)).toEqual({ clients: ['a b'], redirects: ['http://x'] });
    const { list, changes } = planScopes(
      { KnownScopes: [{ ...first, AllowedRest: spec.apis }] },
      spec,
      ['redirect=http%3A%2F%2Fy'],
    );
    expect(changes.map(({ field }) => field)).toEqual(['Description']);
    expect(addedWith((list[0] as { Description: string }).Description).redirects).toEqual([
      'http://x',
      'http://y',
    ]);
  });

  test.each(['Theirs client=x', null, 7, 'Made by mfa-cli bootstrap. client=%zz'])(
    '%j tells nothing',
    (description) => {
      expect(addedWith(description)).toEqual({ clients: [], redirects: [] });
    },
  );
});

describe('the right', () => {
  const right = (description: string, path = `/${description}`) => ({ description, path });
  const [all, limited] = [right('Device Management (All)'), right('Device Management (Limited)')];
  const unlike = [right('Application Management'), right('MDM device managements')];

  test('is found by its name, in any letter case', () => {
    const only = right('DEVICE management');
    expect(likelyRights([...unlike, only], [], null)).toEqual([only]);
  });

  test('is asked for if there are several, unless the role has one or an option names it', () => {
    expect(likelyRights([...unlike, all, limited], [], null)).toEqual([all, limited]);
    expect(likelyRights([all, limited], [limited.path], null)).toEqual([limited]);
    expect(likelyRights([all, ...unlike], [], 'application management')).toEqual([unlike[0]]);
  });

  test('is an error if it does not exist, which lists the existing ones', async () => {
    expect(await failureOf(() => likelyRights(unlike, [], null))).toMatch(
      /^usage: The tenant has no right "Device Management"/,
    );
    expect(await failureOf(() => likelyRights(unlike, [], 'Push'))).toBe(
      'usage: The tenant has no right "Push". It has: Application Management, MDM device managements',
    );
  });
});

test.each([
  ['r', true, 'keep'],
  ['MFA-CLI', true, 'keep'],
  ['r', false, 'create'],
  ['r', null, 'create'],
  ['everybody', true, 'create'],
])('a permission of %s to run the application (%s): %s', (name, mayRun, action) => {
  const right = { description: 'Device Management', path: '/lib/rights/devman.json' };
  const document = { key: 'k', members: { ServiceName: 'mfa-cli', Description: ours } };
  const found: Found = {
    application: { document, permissions: [{ names: [name], mayRun }] },
    pipelines: null,
    blank: [],
    role: {
      id: 'r',
      name: 'mfa-cli',
      description: '',
      directoryServiceUuid: null,
      rights: [right.path],
    },
    members: [],
    rights: [right],
    serviceUser: null,
  };
  const { steps } = planBootstrap(wanted, found, right);
  expect(steps.find(({ step }) => step === 'permission')?.action).toBe(action);
});
