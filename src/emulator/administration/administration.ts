import type { Api } from '../api.ts';
import type { Assumptions } from '../assumptions.ts';
import type { Locks } from '../authentication/sessions.ts';
import type { Directory } from '../directory.ts';
import { administrativeRights } from '../rights.ts';
import type { Settings } from '../settings.ts';
import { applicationApis, permissionApis } from './application-apis.ts';
import type { ApplicationStore } from './application-store.ts';
import { directoryApis } from './directory-apis.ts';
import { queryTables, redrockApis } from './redrock-apis.ts';
import { roleApis, roleRightApis } from './role-apis.ts';
import { userApis } from './user-apis.ts';

interface AdministrationParts {
  readonly settings: Settings;
  readonly directory: Directory;
  readonly store: ApplicationStore;
  readonly locks: Locks;
  readonly assumptions: Assumptions;
}

/** A tenant's administration: users, roles, rights, applications. */
export function administrationApis(parts: AdministrationParts): readonly Api[] {
  const { settings, directory, store, locks, assumptions } = parts;
  return [
    ...userApis(directory, locks),
    ...roleApis(directory, assumptions),
    ...roleRightApis(directory, assumptions),
    ...directoryApis(directory, assumptions),
    ...applicationApis(store, assumptions),
    ...permissionApis(store, directory, assumptions),
    ...redrockApis(queryTables(directory, settings, store.all), administrativeRights(assumptions)),
  ];
}
