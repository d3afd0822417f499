import { isObject } from '../../text/json.ts';
import { type Api, api, type JsonObject, readParameters } from '../api.ts';
import {
  type ApplicationRight,
  applicationRights,
  describeApplication,
  type StoredApplication,
  type StoredGrant,
  sameName,
  serviceNameOf,
} from '../applications.ts';
import { directoryServiceUuid } from '../directory.ts';
import { absent, badArgument, missing, notFound, orNotFound, Refusal } from '../envelope.ts';
import { systemAdministrators } from '../people.ts';
import type { World } from '../world.ts';

const template = 'OAuth2ServerClient';

/** Members of a call that identify the application but are not part of it. */
const keyNames = ['id', '_rowkey', 'pvid'];

const reads = { takes: ['query', 'json'], right: 'read-applications' } as const;

/** `/SaasManage` and `/Acl`: applications and their permissions. */
export function applicationApis(world: World): readonly Api[] {
  const { directory, assumptions } = world;
  const store = world.applications.stored;
  const requireApplication = (key: string): StoredApplication => {
    const stored = store.find(key);
    if (stored === null) throw new Refusal(null, `The provided RowKey ${key} is not valid.`);
    return stored;
  };
  const nameOf = ({ principal, id }: StoredGrant): string | undefined =>
    principal === 'User' ? directory.findUser(id)?.user : directory.findRole(id)?.name;
  const describe = (grant: StoredGrant, inherited: boolean): object => ({
    Principal: grant.id,
    PrincipalName: nameOf(grant),
    PrincipalType: grant.principal,
    Type: grant.principal,
    Grant: grant.rights.reduce((bits, right) => bits + applicationRights[right], 0),
    Inherited: inherited,
  });
  return [
    api(
      '/SaasManage/GetAppIDByServiceName',
      reads,
      ({ text }) => store.findByServiceName(text('Name'))?.key ?? absent(assumptions),
    ),
    api('/SaasManage/ImportAppFromTemplate', 'manage-applications', ({ value }) => {
      const names = value('ID');
      // Unknown input is ignored without an error.
      return (Array.isArray(names) ? names : [])
        .filter((name) => name === template)
        .map(() => ({ success: true, ID: template, _RowKey: store.create().key }));
    }),
    api('/SaasManage/GetApplication', reads, ({ text }) => {
      const stored = requireApplication(text('_RowKey'));
      return { _RowKey: stored.key, ID: stored.key, ...describeApplication(stored) };
    }),
    api('/SaasManage/UpdateApplicationDE', 'manage-applications', ({ all, value }) => {
      const key = value('_RowKey');
      const stored = requireApplication(typeof key === 'string' ? key : '');
      const sent = Object.fromEntries(
        Object.entries(all).filter(([name]) => !keyNames.includes(name.toLowerCase())),
      );
      const document =
        assumptions['application-update'] === 'merge' ? merge(stored.document, sent) : sent;
      const changed = { ...stored, document };
      const serviceName = serviceNameOf(changed);
      const other = serviceName === null ? null : store.findByServiceName(serviceName);
      if (other !== null && other.key !== stored.key)
        throw badArgument(`The application ID ${serviceName} is in use.`);
      store.keep(changed);
      return { State: 0 };
    }),
    api('/SaasManage/DeleteApplication', 'manage-applications', ({ texts }) => {
      const found = texts('_RowKey').map(requireApplication);
      if (found.length === 0) throw missing('_RowKey');
      for (const stored of found) store.remove(stored);
      return found.map(({ key }) => ({ _RowKey: key, success: true }));
    }),
    api('/SaasManage/SetApplicationPermissions', 'manage-applications', ({ text, value }) => {
      const stored = orNotFound(store.find(text('ID')));
      const given = value('Grants');
      if (!Array.isArray(given)) throw missing('Grants');
      const grants = given.map((grant) => readGrant(grant, world));
      const others = stored.grants.filter((old) => !grants.some(({ id }) => id === old.id));
      store.keep({
        ...stored,
        grants: [...others, ...grants.filter(({ rights }) => rights.length > 0)],
      });
    }),
    api('/Acl/GetRowAces', 'read-applications', ({ text }) => {
      if (text('Table') !== 'Application') throw notFound();
      const { grants } = orNotFound(store.find(text('RowKey')));
      return [
        ...grants
          .filter((grant) => nameOf(grant) !== undefined)
          .map((grant) => describe(grant, false)),
        describe(ofAdministrators, true),
      ];
    }),
  ];
}

/** Merges the sent document into the old one, object by object; a list replaces a list. */
function merge(old: JsonObject, sent: JsonObject): JsonObject {
  const merged = Object.entries(sent).map(([name, value]) => {
    const before = old[name];
    return [name, isObject(before) && isObject(value) ? merge(before, value) : value] as const;
  });
  return { ...old, ...Object.fromEntries(merged) };
}

const ofAdministrators: StoredGrant = {
  principal: 'Role',
  id: systemAdministrators,
  rights: ['Grant', 'View', 'Admin', 'ViewDetail', 'Delete'],
};

function readGrant(given: unknown, { directory, assumptions }: World): StoredGrant {
  if (!isObject(given)) throw badArgument('Grants must be a list of grants.');
  const grant = readParameters(given);
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
