import type { Api } from '../api.ts';
import type { Assumptions } from '../assumptions.ts';
import type { Locks } from '../authentication/sessions.ts';
import type { Directory } from '../directory.ts';
import { administrativeRights } from '../rights.ts';
import type { Settings } from '../settings.ts';
import { tenantConfigEntryApis } from '../tenant-apis.ts';
import { applicationApis, permissionApis } from './application-apis.ts';
import type { ApplicationStore } from './application-store.ts';
import { directoryApis } from './directory-apis.ts';
import { queryTables, redrockApis } from './redrock-apis.ts';
import { roleApis, roleMemberApis, roleRightApis } from './role-apis.ts';
import { lockApis, userApis } from './user-apis.ts';

interface AdministrationParts {
  readonly settings: Settings;
  readonly directory: Directory;
  readonly store: ApplicationStore;
  readonly locks: Locks;
  readonly assumptions: Assumptions;
}

/** A tenant's administration: users, roles, rights, applications. */
export function administrationApis({
  settings,
  directory,
  store,
  locks,
  assumptions,
}: AdministrationParts): readonly Api[] {
  return [
    ...userApis(directory),
    ...lockApis(directory, locks),
    ...roleApis(directory, assumptions),
    ...roleMemberApis(directory),
    ...roleRightApis(directory, assumptions),
    ...directoryApis(directory, assumptions),
    ...applicationApis(store, assumptions),
    ...permissionApis(store, directory, assumptions),
    ...redrockApis(queryTables(directory, settings, store.all), administrativeRights(assumptions)),
    ...tenantConfigEntryApis(settings, assumptions),
  ];
}
