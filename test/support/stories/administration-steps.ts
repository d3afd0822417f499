import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { parseAssumptions } from '../../../src/emulator/assumptions.ts';
import { resultOf, sessionOf } from '../../emulator/security-session.ts';
import { temporaryDirectory } from '../temporary-directory.ts';
import { partAt, readValue } from './json-path.ts';
import { expanded } from './run-command.ts';
import { type AssertionVerb, expectThat, type StepVerb } from './verbs.ts';
import { openTenant, tenantOf, type World } from './world.ts';

/** A tenant that nobody has made ready, with what it held when a story remembered it. */
interface Bare {
  readonly stateFile: string;
  remembered: string;
}

const bares = new WeakMap<World, Bare>();

function bareOf(world: World): Bare {
  const bare = bares.get(world);
  if (bare === undefined) throw new Error('no step has opened a `bare tenant`');
  return bare;
}

/** A call of the administrator's. */
async function ask(world: World, path: string, body: unknown): Promise<unknown> {
  const { emulator } = tenantOf(world);
  return resultOf(emulator, await sessionOf(emulator), path, body);
}

async function openBare(world: World, assumptions: string): Promise<void> {
  const stateFile = join(temporaryDirectory(), 'state.json');
  const chosen = parseAssumptions(assumptions.split(' ').filter(Boolean));
  const more = { bare: true, stateFile };
  const { url, port } = await openTenant(world, chosen, more);
  world.variables.set('MFA_CLI_TENANT', url);
  world.variables.set('MFA_CLI_PORT', String(port));
  await useTokenOf(world, 'administrator');
  bares.set(world, { stateFile, remembered: readFileSync(stateFile, 'utf8') });
}

async function useTokenOf(world: World, who: string): Promise<void> {
  const { emulator } = tenantOf(world);
  const person = who === 'user' ? emulator.user : emulator.administrator;
  world.variables.set('MFA_CLI_TOKEN', await sessionOf(emulator, person));
}

/** An application of somebody else, made as the admin portal makes one. */
async function addApplication(world: World, document: object): Promise<void> {
  const made = await ask(world, '/SaasManage/ImportAppFromTemplate', {
    ID: ['OAuth2ServerClient'],
  });
  const [{ _RowKey: key }] = made as [{ _RowKey: string }];
  const own = { ID: key, _RowKey: key, PVID: key };
  await ask(world, '/SaasManage/UpdateApplicationDE', { ...own, ...document });
}

export const administrationSteps: readonly StepVerb[] = [
  {
    form: 'bare tenant [ASSUMPTION=VALUE …]',
    pattern: /^bare tenant(?<assumptions>(?: [\w-]+=[\w-]+)*)$/,
    step: (world, { assumptions = '' }) => openBare(world, assumptions),
  },
  {
    form: 'token of an administrator | a user',
    pattern: /^token of an? (?<who>administrator|user)$/,
    step: (world, { who = '' }) => useTokenOf(world, who),
  },
  {
    form: 'another administrator adds an application <<',
    pattern: /^another administrator adds an application(?: (?<text>\{.*\}))?$/,
    step: (world, { text }, { body }) => addApplication(world, JSON.parse(body ?? text ?? '{}')),
  },
  {
    form: 'another administrator adds the role NAME',
    pattern: /^another administrator adds the role (?<name>.+)$/,
    step: (world, { name }) =>
      ask(world, '/Roles/StoreRole', { Name: name, Description: 'Of somebody else' }),
  },
  {
    form: 'remember the tenant',
    pattern: /^remember the tenant$/,
    step: (world) => {
      const bare = bareOf(world);
      bare.remembered = readFileSync(bare.stateFile, 'utf8');
    },
  },
];

/** The names of a kind in the state of the tenant. */
function namesIn(world: World, kind: string): readonly string[] {
  const state = JSON.parse(readFileSync(bareOf(world).stateFile, 'utf8')).tenants.tenant;
  if (kind === 'role') return state.roles?.map((role: { name: string }) => role.name) ?? [];
  const applications: readonly { document: Record<string, string> }[] = state.applications ?? [];
  return applications.map(({ document }) => document.ServiceName ?? '');
}

async function applicationOf(world: World, id: string): Promise<unknown> {
  const key = await ask(world, '/SaasManage/GetAppIDByServiceName', { Name: id });
  return ask(world, '/SaasManage/GetApplication', { _RowKey: key });
}

export const administrationAssertions: readonly AssertionVerb[] = [
  {
    form: 'tenant is as remembered',
    pattern: /^tenant is as remembered$/,
    assert: (world) => {
      const { remembered, stateFile } = bareOf(world);
      const seen = readFileSync(stateFile, 'utf8');
      expectThat(seen === remembered, `the tenant as it was: ${remembered}`, seen);
    },
  },
  {
    form: 'tenant has [no] role | application NAME',
    pattern: /^tenant has (?<no>no )?(?<kind>role|application) (?<name>.+)$/,
    assert: (world, { no, kind = '', name = '' }) => {
      const seen = namesIn(world, kind);
      const holds = seen.includes(name) === (no === undefined);
      expectThat(holds, `${no ?? 'a '}${kind} ${name}`, seen.join(', ') || 'none');
    },
  },
  {
    form: 'application ID PATH is VALUE',
    pattern: /^application (?<id>\S+) (?<path>\.\S+) is (?<value>.+)$/,
    assert: async (world, { id = '', path = '', value = '' }) => {
      const seen = partAt(await applicationOf(world, id), path);
      const expected = value === 'absent' ? undefined : readValue(expanded(value, world));
      const holds = isDeepStrictEqual(seen, expected);
      expectThat(holds, `${path} of ${id} is ${value}`, JSON.stringify(seen) ?? 'absent');
    },
  },
];
