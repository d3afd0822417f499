import { isObject } from '../../text/json.ts';
import { type Api, api } from '../api.ts';
import {
  type ApplicationRight,
  applicationRights,
  describeApplication,
  type StoredApplication,
  type StoredGrant,
  sameName,
  serviceNameOf,
} from '../applications.ts';
import { type Directory, directoryServiceUuid } from '../directory.ts';
import { absentName, badArgument, missing, notFound, orNotFound, Refusal } from '../envelope.ts';
import { type JsonObject, Parameters } from '../parameters.ts';
import { systemAdministrators } from '../people.ts';
import type { World } from '../world.ts';

const template = 'OAuth2ServerClient';

/** Members of a call that identify the application but are not part of it. */
const keyNames = ['id', '_rowkey', 'pvid'];

const reads = { takes: ['query', 'json'], right: 'read-applications' } as const;

/** `/SaasManage` and `/Acl`: applications and their permissions. */
export function applicationApis(world: World): readonly Api[] {
  const { assumptions } = world;
  const store = world.applications.stored;
  const right = 'manage-applications';
  return [
    api(
      '/SaasManage/GetAppIDByServiceName',
      reads,
      ({ parameters }) =>
        store.findByServiceName(parameters.text('Name'))?.key ?? absentName(assumptions),
    ),
    api('/SaasManage/ImportAppFromTemplate', right, ({ parameters }) =>
      importFromTemplate(parameters.value('ID'), world),
    ),
    api('/SaasManage/GetApplication', reads, ({ parameters }) => {
      const stored = requireApplication(parameters.text('_RowKey'), world);
      return { _RowKey: stored.key, ID: stored.key, ...describeApplication(stored) };
    }),
    api('/SaasManage/UpdateApplicationDE', right, ({ parameters }) =>
      updateApplication(parameters, world),
    ),
    api('/SaasManage/DeleteApplication', right, ({ parameters }) =>
      deleteApplications(parameters.texts('_RowKey'), world),
    ),
    api('/SaasManage/SetApplicationPermissions', right, ({ parameters }) =>
      setPermissions(parameters, world),
    ),
    api('/Acl/GetRowAces', 'read-applications', ({ parameters }) =>
      readPermissions(parameters, world),
    ),
  ];
}

function requireApplication(key: string, { applications }: World): StoredApplication {
  const stored = applications.stored.find(key);
  if (stored === null) throw new Refusal(null, `The provided RowKey ${key} is not valid.`);
  return stored;
}

/** Unknown input is ignored without an error. */
function importFromTemplate(names: unknown, { applications }: World): readonly object[] {
  const templates = Array.isArray(names) ? names.filter((name) => name === template) : [];
  return templates.map(() => ({
    success: true,
    ID: template,
    _RowKey: applications.stored.create().key,
  }));
}

function updateApplication(parameters: Parameters, world: World): object {
  const { assumptions } = world;
  const store = world.applications.stored;
  const key = parameters.value('_RowKey');
  const stored = requireApplication(typeof key === 'string' ? key : '', world);
  const sent = Object.fromEntries(
    Object.entries(parameters.all).filter(([name]) => !keyNames.includes(name.toLowerCase())),
  );
  const isMerged = assumptions['application-update'] === 'merge';
  const document = isMerged ? merge(stored.document, sent) : sent;
  const changed = { ...stored, document };
  const serviceName = serviceNameOf(changed);
  const other = serviceName === null ? null : store.findByServiceName(serviceName);
  if (other !== null && other.key !== stored.key)
    throw badArgument(`The application ID ${serviceName} is in use.`);
  store.keep(changed);
  return { State: 0 };
}

/** Merges the sent document into the old one: objects are merged, lists replaced. */
function merge(old: JsonObject, sent: JsonObject): JsonObject {
  const merged = Object.entries(sent).map(([name, value]): [string, unknown] => {
    const before = old[name];
    return [name, isObject(before) && isObject(value) ? merge(before, value) : value];
  });
  return { ...old, ...Object.fromEntries(merged) };
}

function deleteApplications(keys: readonly string[], world: World): readonly object[] {
  const found = keys.map((key) => requireApplication(key, world));
  if (found.length === 0) throw missing('_RowKey');
  for (const stored of found) world.applications.stored.remove(stored);
  return found.map(({ key }) => ({ _RowKey: key, success: true }));
}

/** Replaces the permissions of the principals that are named. */
function setPermissions(parameters: Parameters, world: World): void {
  const store = world.applications.stored;
  const stored = orNotFound(store.find(parameters.text('ID')));
  const given = parameters.value('Grants');
  if (!Array.isArray(given)) throw missing('Grants');
  const grants = given.map((grant) => readGrant(grant, world));
  const others = stored.grants.filter((old) => !grants.some(({ id }) => id === old.id));
  const granted = grants.filter(({ rights }) => rights.length > 0);
  store.keep({ ...stored, grants: [...others, ...granted] });
}

function readPermissions(parameters: Parameters, world: World): readonly object[] {
  const { directory, applications } = world;
  if (parameters.text('Table') !== 'Application') throw notFound();
  const { grants } = orNotFound(applications.stored.find(parameters.text('RowKey')));
  const own = grants.filter((grant) => principalName(grant, directory) !== undefined);
  return [
    ...own.map((grant) => describeGrant(grant, directory, false)),
    describeGrant(administratorGrant, directory, true),
  ];
}

const administratorGrant: StoredGrant = {
  principal: 'Role',
  id: systemAdministrators,
  rights: ['Grant', 'View', 'Admin', 'ViewDetail', 'Delete'],
};

/** Undefined: the user or role no longer exists. */
function principalName({ principal, id }: StoredGrant, directory: Directory): string | undefined {
  return principal === 'User' ? directory.findUser(id)?.user : directory.findRole(id)?.name;
}

function describeGrant(grant: StoredGrant, directory: Directory, inherited: boolean): object {
  return {
    Principal: grant.id,
    PrincipalName: principalName(grant, directory),
    PrincipalType: grant.principal,
    Type: grant.principal,
    Grant: grant.rights.reduce((bits, right) => bits + applicationRights[right], 0),
    Inherited: inherited,
  };
}

function readGrant(given: unknown, { directory, assumptions }: World): StoredGrant {
  if (!isObject(given)) throw badArgument('Grants must be a list of grants.');
  const grant = new Parameters(given);
  const principal = grant.text('PType');
  const rights = readRights(grant.text('Rights'));
  const id = grant.text('PrincipalId');
  grant.text('Principal');
  if (principal !== 'Role') throw badArgument('The local tenant grants permissions only to roles.');
  if (
    assumptions['role-grant'] === 'directory' &&
    !sameName(grant.text('DirectoryServiceUuid'), directoryServiceUuid)
  )
    throw notFound();
  const role = directory.requireRole(id);
  if (!sameName(role.id, id)) throw notFound();
  return { principal, id: role.id, rights };
}

/** Reads a comma-separated list; `None` removes all. @throws {Refusal} */
function readRights(text: string): readonly ApplicationRight[] {
  const names = text.split(',').map((name) => name.trim());
  return [...new Set(names)].flatMap((name) => {
    if (name === 'None') return [];
    if (Object.hasOwn(applicationRights, name)) return [name as ApplicationRight];
    throw badArgument(`Requested value '${name}' was not found.`);
  });
}
