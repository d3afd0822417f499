import { type Api, optionalFlag, requireText } from '../api.ts';
import type { Locks } from '../authentication/locks.ts';
import type { Directory } from '../directory.ts';
import { Refusal } from '../envelope.ts';
import { requireUser } from './required.ts';

/** `/UserMgmt`: who is locked out. */
export function lockApis(directory: Directory, locks: Locks): readonly Api[] {
  return [
    {
      path: '/UserMgmt/IsUserCloudLocked',
      takes: ['json', 'query'],
      right: 'read-users',
      call: ({ parameters }) => locks.isLocked(requireUser(directory, requireText(parameters, 'user'))),
    },
    {
      path: '/UserMgmt/SetCloudLock',
      takes: ['json', 'query'],
      right: 'manage-users',
      call({ parameters }) {
        const user = requireUser(directory, requireText(parameters, 'user'));
        const isLocked = optionalFlag(parameters, 'lockuser');
        if (isLocked === null)
          throw new Refusal('RequiredParameter', 'The required parameter lockuser is missing.');
        if (isLocked) locks.lock(user);
        else locks.unlock(user);
        return true;
      },
    },
  ];
}
