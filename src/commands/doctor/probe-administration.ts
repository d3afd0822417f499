import type { Probe } from './look.ts';
import { envelopeIn, lacksRight, Untold, wordsFor } from './look.ts';

const roleDoor = '/SaasManage/GetRoleIdFromName';
const queryDoor = '/RedRock/query';

/** What rights the tenant lists by a name that has to do with devices. */
export const tellDeviceRight: Probe<'device-right'> = async (look) => {
  const answer = await look.call(queryDoor, {
    Script: "@/lib/get_superrights.js(excludeRight:'')",
    Args: { PageNumber: 1, PageSize: 10_000, Limit: 10_000, SortBy: '', direction: 'False', Caching: -1 },
  });
  const { success, Result } = envelopeIn(answer) ?? {};
  if (success !== true) throw new Untold(`the list of rights answers ${wordsFor(answer)}`);
  const names = [...JSON.stringify(Result ?? null).matchAll(/"Device Management( \((?:All|Limited)\))?"/g)];
  const isSplit = names.some(([, part]) => part !== undefined);
  if (names.length === 0) throw new Untold('the list of rights has none of that name');
  return {
    found: isSplit ? 'all-and-limited' : 'one',
    evidence: `the list of rights has Device Management ${isSplit ? 'in parts' : 'as one'}`,
  };
};

/** Looks for a role that there is not. */
export const tellAbsentName: Probe<'absent-name'> = async (look) => {
  const answer = await look.call(`${roleDoor}?roleName=mfa-cli-probe`);
  const evidence = `${roleDoor} answers ${wordsFor(answer)} for a name that nothing has`;
  if (lacksRight(answer)) throw new Untold(evidence);
  return { found: envelopeIn(answer)?.success === true ? 'nothing' : 'refused', evidence };
};
