import { isObject } from '../../text/json.ts';
import { type Api, type JsonObject, optionalText, parameter, requireText } from '../api.ts';
import type { Assumptions } from '../assumptions.ts';
import { type Directory, directoryServiceUuid } from '../directory.ts';
import { Refusal } from '../envelope.ts';
import { systemAdministrators } from '../rights.ts';
import { sameName } from '../same-name.ts';
import type { ApplicationStore } from './application-store.ts';
import { notFound } from './required.ts';
import { type ApplicationGrant, type ApplicationRight, applicationRights } from './stored-application.ts';

/** Who may do what with an application. */
export function permissionApis(
  store: ApplicationStore,
  directory: Directory,
  assumptions: Assumptions,
): readonly Api[] {
  const readGrant = (given: unknown): ApplicationGrant => {
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
  const nameOf = ({ principal, id }: ApplicationGrant): string | undefined =>
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
        const administrators: ApplicationGrant = {
          principal: 'Role',
          id: systemAdministrators,
          rights: ['Grant', 'View', 'Admin', 'ViewDetail', 'Delete'],
        };
        const describe = (grant: ApplicationGrant, inherited: boolean): object => ({
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
