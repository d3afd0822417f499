import { isDeepStrictEqual } from 'node:util';
import * as v from 'valibot';
import { CliError, type ErrorCode } from '../../errors/cli-error.ts';
import { membersOf } from '../../text/json.ts';
import { readAnswer, text, textOfNumber } from '../answer.ts';
import { textIn } from '../envelope.ts';
import { type AdminClient, changing, query, quoted, readRows, sameText } from './admin-client.ts';
import type { TenantRole } from './roles.ts';

/** An application, with the vendor's names. */
export interface ApplicationDocument {
  /** The tenant's own key (`_RowKey`). */
  readonly key: string;
  readonly members: Readonly<Record<string, unknown>>;
}

const named = v.object({ ServiceName: textOfNumber });

/** Whether an application has an application ID. Without one, nobody can use it. */
export function isNamed({ members }: ApplicationDocument): boolean {
  return readAnswer(named, members).ServiceName !== null;
}

/** Whether two documents describe the same application in what is changed here. */
export function isSameApplication(one: ApplicationDocument, other: ApplicationDocument): boolean {
  return ['Name', 'ServiceName', 'Description', 'OAuthProfile'].every((member) =>
    isDeepStrictEqual(one.members[member], other.members[member]),
  );
}

const template = 'OAuth2ServerClient';

const applicationRow = v.object({ ID: text, ServiceName: textOfNumber });

/**
 * The key of the application with that application ID, or null. A query is certain. A
 * tenant that refuses the query is asked by name; whether it refuses an unknown name is
 * not documented.
 * @throws {CliError} as TenantClient.ask
 */
export async function findApplicationKey(
  client: AdminClient,
  appId: string,
): Promise<string | null> {
  // The case of an application ID is compared here: the tenant's rule is unknown.
  const script = `select ID, ServiceName from Application where ServiceName like ${quoted(appId)}`;
  const rows = await unlessRefused(query(client, applicationRow, script), 'tenant-refused');
  if (rows !== null)
    return rows.find(({ ServiceName }) => sameText(ServiceName ?? '', appId))?.ID ?? null;
  const asked = client.ask('/SaasManage/GetAppIDByServiceName', { Name: appId });
  return textIn(await unlessRefused(asked, 'tenant-refused'));
}

/** The answer to a question; null if it is refused with one of these codes. */
async function unlessRefused<Answer>(asked: Promise<Answer>, ...codes: readonly ErrorCode[]) {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof CliError && codes.includes(error.code)) return null;
    throw error;
  }
}

/**
 * The keys of OAuth2 Client applications without an application ID, which an interrupted
 * creation leaves.
 * @throws {CliError} as TenantClient.ask
 */
export async function findUnnamedApplications(client: AdminClient): Promise<readonly string[]> {
  const columns = 'ID, ServiceName, TemplateName';
  const script = `select ${columns} from Application where TemplateName = ${quoted(template)}`;
  const rows = await query(client, applicationRow, script);
  return rows.filter(({ ServiceName }) => ServiceName === null).flatMap(({ ID }) => ID ?? []);
}

/** @throws {CliError} as TenantClient.ask, tenant-not-json */
export async function readApplication(
  client: AdminClient,
  key: string,
): Promise<ApplicationDocument> {
  const members = membersOf(await client.ask('/SaasManage/GetApplication', { _RowKey: key }));
  if (members === null)
    throw new CliError(
      'tenant-not-json',
      `${client.tenant} described an application in an unexpected form`,
    );
  return { key, members };
}

const madeApplication = v.object({ _RowKey: text });

/**
 * Creates an OAuth2 Client without a name.
 * @returns its key
 * @throws {CliError} as TenantClient.ask, tenant-refused
 */
export async function importApplication(client: AdminClient): Promise<string> {
  const result = await client.ask(
    '/SaasManage/ImportAppFromTemplate',
    { ID: [template] },
    { mayHave: 'made an application', once: true },
  );
  // The tenant answers a request that it does not understand with success and an empty
  // list.
  const [made] = readRows(madeApplication, result);
  const key = made?._RowKey ?? null;
  if (key === null)
    throw new CliError(
      'tenant-refused',
      `${client.tenant} made no application of the template ${template}`,
    );
  return key;
}

/** Writes all members of an application. */
export const updateApplication = changing(
  '/SaasManage/UpdateApplicationDE',
  { mayHave: 'changed the application' },
  ({ key, members }: ApplicationDocument) => ({ ...members, ID: key, _RowKey: key, PVID: key }),
);

export const deleteApplication = changing(
  '/SaasManage/DeleteApplication',
  { mayHave: 'deleted the application', once: true },
  (key: string) => ({ _RowKey: [key] }),
);

/** The permissions of a user or role on an application; null: unknown. */
export interface Permission {
  /** The ID or name, as the tenant tells it. */
  readonly names: readonly string[];
  readonly mayRun: boolean | null;
}

const aceRow = v.object({
  Principal: text,
  PrincipalId: text,
  PrincipalName: text,
  Rights: v.optional(v.unknown()),
  Grant: v.optional(v.unknown()),
});
type AceRow = v.InferOutput<typeof aceRow>;

/**
 * The permissions on an application; null if the tenant does not tell.
 * @throws {CliError} as TenantClient.ask
 */
export async function readPermissions(
  client: AdminClient,
  key: string,
): Promise<readonly Permission[] | null> {
  const asked = client.ask('/Acl/GetRowAces', { Table: 'Application', RowKey: key });
  // Optional: granting the permission again changes nothing.
  const result = await unlessRefused(asked, 'tenant-refused', 'tenant-forbidden');
  return Array.isArray(result) || membersOf(result) !== null
    ? readRows(aceRow, result).map(readPermission)
    : null;
}

function readPermission(row: AceRow): Permission {
  const { Principal, PrincipalId, PrincipalName, Rights, Grant } = row;
  const names = [Principal, PrincipalId, PrincipalName].filter((name) => name !== null);
  const bits = [Grant, Rights].find((value) => typeof value === 'number');
  if (bits !== undefined) return { names, mayRun: hasBit(bits, 4) && hasBit(bits, 128) };
  const words = textIn(Rights) ?? textIn(Grant);
  return {
    names,
    mayRun: words === null ? null : /\bView\b/i.test(words) && /\bExecute\b/i.test(words),
  };
}

/** Without bit operators, which would truncate the number to 32 bits. */
function hasBit(bits: number, bit: number): boolean {
  return Math.floor(bits / bit) % 2 === 1;
}

/** Who gets a permission. */
export type Grantee = Pick<TenantRole, 'id' | 'name' | 'directoryServiceUuid'>;

/** Grants or revokes a role's permission to see and run an application. */
export const setPermission = changing(
  '/SaasManage/SetApplicationPermissions',
  { mayHave: 'changed the permission' },
  (key: string, role: Grantee, mayRun: boolean) => ({
    ID: key,
    RowKey: key,
    PVID: key,
    Grants: [grantOf(role, mayRun)],
  }),
);

function grantOf({ id, name, directoryServiceUuid }: Grantee, mayRun: boolean): object {
  return {
    Principal: name,
    PType: 'Role',
    Rights: mayRun ? 'View,Execute' : 'None',
    PrincipalId: id,
    // The role's own directory: whether it is required is unknown, but it is always
    // correct.
    DirectoryServiceUuid: directoryServiceUuid ?? undefined,
    ExternalUuid: id,
    SystemName: name,
    Type: 'Role',
  };
}
