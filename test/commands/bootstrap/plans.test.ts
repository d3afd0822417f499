import { describe, expect, test } from 'vitest';
import {
  addedWith,
  peopleApplication,
  pipelineApplication,
  planApplication,
  planScopes,
} from '../../../src/commands/bootstrap/application-plan.ts';
import { chooseRight } from '../../../src/commands/bootstrap/plan.ts';
import type { Wanted } from '../../../src/commands/bootstrap/steps.ts';
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

describe('an application of ours', () => {
  test('needs nothing once it is made', () => {
    expect(planOf(made).fields).toEqual([]);
    const pipelines = pipelineApplication(wanted);
    const profile = planApplication(null, pipelines).members.OAuthProfile;
    expect(planOf(profile, { Description: ours }, pipelines).fields).toEqual([]);
  });

  test.each<[string, object]>([
    ['a number that is a text', { ClientIDType: '0' }],
    ['a type by its name', { ClientIDType: 'List' }],
    ['a flag that is a text', { TargetIsUs: 'True', AllowPublic: 'true' }],
    ['a list of words with blanks', { AllowedAuth: 'ClientCreds, AuthorizationCode' }],
    ['words that are a list', { AllowedAuth: ['AuthorizationCode'] }],
    [
      'lifetimes that an administrator chose',
      { TokenLifetimeString: '0.00:10:00', RefreshLifetimeString: '1.00:00:00' },
    ],
    [
      'more clients and redirects',
      { AllowedClients: ['x', 'mfa-cli'], Redirects: ['http://127.0.0.1:8400/callback', 'y'] },
    ],
    ['what the vendor may add one day', { Brand: { new: true } }],
  ])('is left with %s', (_name, changes) => {
    expect(planOf({ ...made, ...changes }).fields).toEqual([]);
  });

  test.each<[string, object, string]>([
    ['another target', { TargetIsUs: false }, 'TargetIsUs'],
    ['confidential clients', { ClientIDType: 1 }, 'ClientIDType'],
    ['no lifetime', { TokenLifetimeString: null }, 'TokenLifetimeString'],
    ['no sign-in of people', { AllowedAuth: 'Implicit' }, 'AllowedAuth'],
    ['no client', { AllowedClients: [] }, 'AllowedClients'],
    ['clients that are none', { AllowedClients: 'mfa-cli' }, 'AllowedClients'],
    ['another port', { Redirects: ['http://127.0.0.1:8401/callback'] }, 'Redirects'],
    [
      'a scope without our calls',
      { KnownScopes: [{ Scope: 'all', Description: ours, AllowedRest: ['/x'] }] },
      'AllowedRest',
    ],
  ])('is mended with %s', (_name, changes, field) => {
    expect(planOf({ ...made, ...changes }).fields).toEqual([field]);
  });

  test('keeps what it does not know when it is mended', () => {
    const { profile } = planOf({
      ...made,
      AllowedClients: ['x'],
      AllowedAuth: 'ClientCreds',
      Brand: { new: true },
    });
    expect(profile).toMatchObject({
      Brand: { new: true },
      AllowedClients: ['x', 'mfa-cli'],
      AllowedAuth: 'ClientCreds,AuthorizationCode',
    });
  });

  test('is made of one without a name, with the name', () => {
    const plan = planApplication({ key: 'k', members: { Name: 'OAuth2 Client', ServiceName: null } }, people);
    expect(plan.members).toMatchObject({ Name: 'mfa-cli', ServiceName: 'mfa-cli' });
  });
});

describe('an application of somebody else', () => {
  const theirs = { Description: 'Theirs' };

  test('gets what our sign-in needs, and keeps its settings', () => {
    const profile = {
      TargetIsUs: true,
      ClientIDType: 0,
      AllowPublic: false,
      TokenType: 'Opaque',
      AllowRefresh: false,
    };
    const planned = planOf(profile, theirs);
    expect(planned.fields).toEqual([
      'AllowPublic',
      'AllowedAuth',
      'AllowedClients',
      'Redirects',
      'Scope',
      'Description',
      'Mode',
      'AllowedRest',
    ]);
    expect(planned.profile).toMatchObject({ TokenType: 'Opaque', AllowRefresh: false, AllowPublic: true });
    expect(planned.profile).not.toHaveProperty('TokenLifetimeString');
  });

  test.each<[string, unknown, object]>([
    ['no OAuth at all', undefined, {}],
    ['no profile', null, {}],
    ['a SAML template', { TargetIsUs: true }, { TemplateName: 'Generic SAML' }],
    ['another server', { TargetIsUs: 'false' }, {}],
    ['confidential clients', { ClientIDType: 'Confidential' }, {}],
  ])('is of another kind with %s', async (_name, profile, more) => {
    expect(await failureOf(() => planOf(profile, { ...theirs, ...more }))).toBe(
      'usage: The application ID "mfa-cli" belongs to an application of another kind',
    );
  });
});

describe('a scope', () => {
  const spec = { scope: 'all', apis: ['/a', '/b'] };
  const own = { Scope: 'all', Description: 'Made by mfa-cli bootstrap.' };
  const other = { Scope: 'mail', AllowedRest: ['/m'] };

  test.each<[string, unknown, unknown]>([
    ['is made beside others', [other], [other, expect.objectContaining({ AllowedRest: ['/a', '/b'] })]],
    ['is made where the list is none', 'x', [expect.objectContaining({ Scope: 'all' })]],
    [
      'of ours is narrowed',
      [{ ...own, AllowedRest: ['/a', '/b', '.*'] }],
      [{ ...own, AllowedRest: ['/a', '/b'] }],
    ],
    [
      'of ours is kept in any order',
      [{ ...own, AllowedRest: ['/b', '/a'] }],
      [{ ...own, AllowedRest: ['/b', '/a'] }],
    ],
    [
      'of others is widened',
      [{ Scope: 'all', AllowedRest: ['/x'] }],
      [{ Scope: 'all', AllowedRest: ['/x', '/a', '/b'] }],
    ],
    [
      'of others that is open is kept',
      [{ Scope: 'all', AllowedRest: ['.*'] }],
      [{ Scope: 'all', AllowedRest: ['.*'] }],
    ],
    [
      'of another letter case is another',
      [{ Scope: 'All' }],
      [{ Scope: 'All' }, expect.objectContaining({ Scope: 'all' })],
    ],
  ])('%s', (_name, known, list) => {
    expect(planScopes(known, spec, []).list).toEqual(list);
  });

  test('tells what was added along with it, and again when more is', () => {
    const [first] = planScopes([], spec, ['client=a%20b', 'redirect=http%3A%2F%2Fx']).list as [
      { Description: string },
    ];
    expect(addedWith(first.Description)).toEqual({ clients: ['a b'], redirects: ['http://x'] });
    const { list, changes } = planScopes([{ ...first, AllowedRest: spec.apis }], spec, [
      'redirect=http%3A%2F%2Fy',
    ]);
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

  test('is the only one that is called so, in any letter case', () => {
    const only = right('DEVICE management');
    expect(chooseRight([...unlike, only], [], null)).toEqual({ kind: 'one', right: only });
  });

  test('is asked for among several, unless the role has one or it was named', () => {
    expect(chooseRight([...unlike, all, limited], [], null)).toEqual({
      kind: 'several',
      candidates: [all, limited],
    });
    expect(chooseRight([all, limited], [limited.path], null)).toEqual({ kind: 'one', right: limited });
    expect(chooseRight([all, ...unlike], [], 'application management')).toMatchObject({ right: unlike[0] });
  });

  test('that is not there ends it, with those that are', async () => {
    expect(await failureOf(() => chooseRight(unlike, [], null))).toBe(
      'usage: The tenant has no right "Device Management"',
    );
    expect(await failureOf(() => chooseRight(unlike, [], 'Push'))).toBe(
      'usage: The tenant has no right "Push". It has: Application Management, MDM device managements',
    );
  });
});
