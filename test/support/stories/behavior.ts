import type { Behavior } from '../../../src/reference/command-tree.ts';
import { declarations } from '../command-words.ts';
import type { Ended } from './world.ts';

/** The tenant's paths that change it, as `src/tenant` calls them. */
export const changingPaths: readonly string[] = [
  '/CDirectoryService/CreateUser',
  '/CDirectoryService/DeleteUser',
  '/Device/EnrollIosDevice',
  '/IosAppRest//SubmitOtpCode',
  '/IosAppRest//UpdateDevSettings',
  '/Mobile/DeleteApnsCertForClientApp',
  '/Mobile/SetApnsCertForClientApp',
  '/Roles/StoreRole',
  '/SaasManage/AddUsersAndGroupsToRole',
  '/SaasManage/AssignSuperRights',
  '/SaasManage/DeleteApplication',
  '/SaasManage/DeleteRole',
  '/SaasManage/ImportAppFromTemplate',
  '/SaasManage/SetApplicationPermissions',
  '/SaasManage/UpdateApplicationDE',
];

/** Its other paths: they read, or belong to signing in and out. */
export const harmlessPaths: readonly string[] = [
  '/Acl/GetRowAces',
  '/Core/GetDirectoryServices',
  '/Core/GetTenantConfig',
  '/OAuth2/PlatformToken',
  '/RedRock/query',
  '/SaasManage/GetAppIDByServiceName',
  '/SaasManage/GetApplication',
  '/SaasManage/GetRoleIdFromName',
  '/Security/AdvanceAuthentication',
  '/Security/CleanupAuthentication',
  '/Security/Logout',
  '/Security/OobAuthStatus',
  '/Security/StartAuthentication',
  '/Security/WhoAmI',
  '/SysInfo/About',
  '/TenantConfig/GetAdvancedConfig',
  '/UserMgmt/DirectoryServiceQuery',
];

/** The declared behavior of the command that the words name; null: they name none. */
export function behaviorOf(argv: readonly string[]): Behavior | null {
  const [first = '', ...others] = argv.slice(argv.findIndex(isFirstWord));
  const [named] = [first, ...others.map((word) => `${first} ${word}`)].flatMap(
    (words) => declarations.get(words) ?? [],
  );
  return named?.behavior ?? null;
}

const isFirstWord = (word: string): boolean =>
  [...declarations.keys()].some((words) => words.split(' ')[0] === word);

/** What a command did without declaring it, a line each. */
export function undeclared(
  argv: readonly string[],
  { requests, questions, exitCode, stdout, stderr }: Omit<Ended, 'timeouts' | 'keychainTimeouts'>,
): readonly string[] {
  const behavior = behaviorOf(argv);
  if (behavior === null) return [];
  const changes = requests.filter((request) => changing.test(request));
  const deletions = changes.filter((request) => request.includes('/Delete'));
  return [
    ...(behavior.sends ? [] : changes.map((request) => `sends: ${request}`)),
    ...(behavior.destroys ? [] : deletions.map((request) => `destroys: ${request}`)),
    ...(behavior.needsSession || exitCode !== 5 || !signedOut.test(stdout + stderr)
      ? []
      : ['needsSession: nobody is signed in']),
    ...(behavior.asks ? [] : questions.map((question) => `asks: ${question}`)),
  ];
}

const signedOut = /not-signed-in|not signed in/i;

/** A line of a tenant in a story, of several or of a fleet: `tenant 2 /PATH`, `t2 /PATH`. */
const changing = new RegExp(`^(tenant \\d+ |t\\d+ )?(${changingPaths.join('|')})(?=[? ]|$)`, 'i');
