import {
  type Api,
  type JsonObject,
  optionalText,
  type ParameterPlace,
  parameter,
  requireText,
} from '../api.ts';
import { sameName } from '../applications.ts';
import type { Assumptions } from '../assumptions.ts';
import { type Directory, directoryServiceUuid } from '../directory.ts';
import { absent, notFound, Refusal } from '../envelope.ts';
import { isObject } from '../json-object.ts';
import { systemAdministrators } from '../rights.ts';
import type { ApplicationStore } from './application-store.ts';
import {
  type ApplicationRight,
  applicationRights,
  describeApplication,
  type StoredApplication,
  type StoredGrant,
  serviceNameOf,
} from './stored-application.ts';

const either: readonly ParameterPlace[] = ['query', 'json'];

/** The template of an OAuth2 Client. */
const template = 'OAuth2ServerClient';

/** Members of a call that name the application but are not part of it. */
const keyNames = ['id', '_rowkey', 'pvid'];

/** `/SaasManage`: applications. */
export function applicationApis(store: ApplicationStore, assumptions: Assumptions): readonly Api[] {
  const requireApplication = (key: string): StoredApplication => {
    const stored = store.find(key);
    if (stored === null) throw new Refusal(null, `The provided RowKey ${key} is not valid.`);
    return stored;
  };
  return [
    {
      path: '/SaasManage/GetAppIDByServiceName',
      takes: either,
      right: 'read-applications',
      call: ({ parameters }) =>
        store.findByServiceName(requireText(parameters, 'Name'))?.key ?? absent(assumptions),
    },
    {
      path: '/SaasManage/ImportAppFromTemplate',
      right: 'manage-applications',
      call({ parameters }) {
        const names = parameter(parameters, 'ID');
        // Unknown input is ignored and is not an error.
        if (!Array.isArray(names)) return [];
        return names
          .filter((name) => name === template)
          .map(() => ({ success: true, ID: template, _RowKey: store.create().key }));
      },
    },
    {
      path: '/SaasManage/GetApplication',
      takes: either,
      right: 'read-applications',
      call({ parameters }) {
        const stored = requireApplication(requireText(parameters, '_RowKey'));
        return { _RowKey: stored.key, ID: stored.key, ...describeApplication(stored) };
      },
    },
    {
      path: '/SaasManage/UpdateApplicationDE',
      right: 'manage-applications',
      call({ parameters }) {
        const key = parameter(parameters, '_RowKey');
        const stored = requireApplication(typeof key === 'string' ? key : '');
        const sent = Object.fromEntries(
          Object.entries(parameters).filter(([name]) => !keyNames.includes(name.toLowerCase())),
        );
        const document = assumptions['application-update'] === 'merge' ? merge(stored.document, sent) : sent;
        const changed = { ...stored, document };
        const serviceName = serviceNameOf(changed);
        const other = serviceName === null ? null : store.findByServiceName(serviceName);
        if (other !== null && other.key !== stored.key)
          throw new Refusal('System.ArgumentException', `The application ID ${serviceName} is in use.`);
        store.keep(changed);
        return { State: 0 };
      },
    },
    {
      path: '/SaasManage/DeleteApplication',
      right: 'manage-applications',
      call({ parameters }) {
        const given = parameter(parameters, '_RowKey') ?? parameter(parameters, 'ID') ?? [];
        const keys = (Array.isArray(given) ? given : [given]).map(String);
        const found = keys.map(requireApplication);
        if (found.length === 0)
          throw new Refusal('RequiredParameter', 'The required parameter _RowKey is missing.');
        for (const stored of found) store.remove(stored);
        return found.map(({ key }) => ({ _RowKey: key, success: true }));
      },
    },
  ];
}

/** The sent document merged into the old one, object by object; a list replaces a list. */
function merge(old: JsonObject, sent: JsonObject): JsonObject {
  const merged = Object.entries(sent).map(([name, value]) => {
    const before = old[name];
    return [name, isObject(before) && isObject(value) ? merge(before, value) : value] as const;
  });
  return { ...old, ...Object.fromEntries(merged) };
}

/** Who may do what with an application. */
export function permissionApis(
  store: ApplicationStore,
  directory: Directory,
  assumptions: Assumptions,
): readonly Api[] {
  const readGrant = (given: unknown): StoredGrant => {
    if (!isObject(given)) throw new Refusal('System.ArgumentException', 'Grants must be a list of grants.');
    const principal = requireText(given, 'PType');
    const rights = readRights(requireText(given, 'Rights'));
    const id = requireText(given, 'PrincipalId');
    requireText(given, 'Principal');
    if (principal === 'User') {
      requireDirectory(given);
      requireText(given, 'ExternalUuid');
      const user = directory.findUser(id);
      if (user === null) throw notFound();
      return { principal, id: user.uuid, rights };
    }
    if (principal !== 'Role')
      throw new Refusal('System.ArgumentException', `The principal type ${principal} is unknown.`);
    if (assumptions['role-grant'] === 'directory') requireDirectory(given);
    const role = directory.findRole(id);
    if (role === null || !sameName(role.id, id)) throw notFound();
    return { principal, id: role.id, rights };
  };
  const nameOf = ({ principal, id }: StoredGrant): string | undefined =>
    principal === 'User' ? directory.findUser(id)?.user : directory.findRole(id)?.name;
  return [
    {
      path: '/SaasManage/SetApplicationPermissions',
      right: 'manage-applications',
      call({ parameters }) {
        const stored = store.find(requireText(parameters, 'ID'));
        if (stored === null) throw notFound();
        const given = parameter(parameters, 'Grants');
        if (!Array.isArray(given))
          throw new Refusal('RequiredParameter', 'The required parameter Grants is missing.');
        const grants = given.map(readGrant);
        const others = stored.grants.filter((old) => !grants.some(({ id }) => id === old.id));
        store.keep({ ...stored, grants: [...others, ...grants.filter(({ rights }) => rights.length > 0)] });
        return null;
      },
    },
    {
      path: '/Acl/GetRowAces',
      right: 'read-applications',
      call({ parameters }) {
        if (requireText(parameters, 'Table') !== 'Application') throw notFound();
        const stored = store.find(requireText(parameters, 'RowKey'));
        if (stored === null) throw notFound();
        const administrators: StoredGrant = {
          principal: 'Role',
          id: systemAdministrators,
          rights: ['Grant', 'View', 'Admin', 'ViewDetail', 'Delete'],
        };
        const describe = (grant: StoredGrant, inherited: boolean): object => ({
          Principal: grant.id,
          PrincipalName: nameOf(grant),
          PrincipalType: grant.principal,
          Type: grant.principal,
          Grant: grant.rights.reduce((bits, right) => bits + applicationRights[right], 0),
          Inherited: inherited,
        });
        return [
          ...stored.grants
            .filter((grant) => nameOf(grant) !== undefined)
            .map((grant) => describe(grant, false)),
          describe(administrators, true),
        ];
      },
    },
  ];
}

/** One text with commas; `None` removes all. @throws {Refusal} */
function readRights(text: string): readonly ApplicationRight[] {
  const names = text.split(',').map((name) => name.trim());
  return [...new Set(names)].flatMap((name) => {
    if (name === 'None') return [];
    if (Object.hasOwn(applicationRights, name)) return [name as ApplicationRight];
    throw new Refusal('System.ArgumentException', `Requested value '${name}' was not found.`);
  });
}

/** @throws {Refusal} */
function requireDirectory(grant: JsonObject): void {
  const uuid = optionalText(grant, 'DirectoryServiceUuid') ?? '';
  if (uuid === '') requireText(grant, 'DirectoryServiceUuid');
  if (!sameName(uuid, directoryServiceUuid)) throw notFound();
}
