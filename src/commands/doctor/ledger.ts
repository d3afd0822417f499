import { dirname } from 'node:path';
import {
  certificatesAt,
  historyOf,
  keyUsesAt,
  type TenantHistory,
  tenantHistory,
  withoutRepeats,
} from '../../change/history.ts';
import { recordedStanding } from '../../change/judge-reach.ts';
import { readMachine } from '../../change/ledger.ts';
import type { LedgerLine } from '../../change/ledger-line.ts';
import { wordsAgainst } from '../../change/reach-words.ts';
import { unlessInterrupted } from '../../errors/cli-error.ts';
import { mfaCli } from '../../errors/hint.ts';
import type { Settings } from '../../settings/settings.ts';
import { count } from '../../text/phrasing.ts';
import { notChecked, ok, rightNotChecked, type Verdict, warning } from './check.ts';
import type { FoundTenant } from './tenant.ts';

/**
 * Reads the ledger, and says what it has.
 * @throws {CliError} file-unreadable, file-too-large
 */
export async function checkLedger({ store }: Settings, now: Date): Promise<Verdict> {
  if (store.path === '') return notChecked('The ledger was not checked: it has no place.');
  const { lines, warnings } = await readMachine(dirname(store.path), { tenants: null });
  const [first] = warnings;
  if (first !== undefined)
    return warning(`${first}.`, 'If that ledger is needed, put it back where it was.');
  const tenants = [...historyOf(lines).tenants.values()];
  const certificates = tenants.flatMap(certificatesAt).length;
  if (tenants.length === 0) return ok("Nothing is on this machine's record yet.");
  const has = `The ledger has ${count(certificates, 'certificate')} at ${count(tenants.length, 'tenant')}`;
  const against = tenants.flatMap((tenant) => objectionsAt(tenant, now));
  const [objection] = against;
  if (objection !== undefined)
    return warning(objection, {
      text: 'All that the ledger has: {command}.',
      command: mfaCli('apns', 'status', '--all-profiles'),
    });
  const unanswered = tenants.flatMap(({ unanswered: requests }) => withoutRepeats(requests)).length;
  if (unanswered === 0) return ok(`${has}.`);
  return warning(`${has}, and ${count(unanswered, 'request')} of unknown outcome.`, {
    text: 'Ask the tenants what became of it: {command}.',
    command: mfaCli('apns', 'status', '--all-profiles', '--refresh'),
  });
}

/**
 * Says when the tenant last did a change for the user, who had the right then: no
 * question shows it without a change.
 * @throws {CliError} interrupted
 */
export async function checkRight(
  settings: Settings,
  { identityHost }: FoundTenant,
): Promise<Verdict> {
  const user = identityHost === null ? null : signedInUser(settings, identityHost);
  if (identityHost === null || user === null || settings.store.path === '') return rightNotChecked;
  const options = { tenants: new Set([identityHost]) };
  const read = readMachine(dirname(settings.store.path), options);
  // The check of the ledger reports a damaged one.
  const { lines } = await read.catch(unlessInterrupted(() => ({ lines: [] })));
  const { requests } = tenantHistory(historyOf(lines), identityHost);
  const done = requests.findLast(({ outcome, line }) => outcome === 'done' && isBy(line, user));
  if (done === undefined) return rightNotChecked;
  const did = done.line.asked === 'set' ? 'set' : 'deleted';
  return notChecked(
    `${user} ${did} a certificate on ${done.at.slice(0, 10)}, so this user had the right to then.`,
  );
}

/** Null: unknown, as of a token in the environment, which may claim any name. */
function signedInUser(
  { credentials, clientId, profile: { session } }: Settings,
  tenant: string,
): string | null {
  if (credentials === 'client-secret') return clientId;
  return credentials === null && session?.tenant === tenant ? session.user : null;
}

/** Whether the tenant answered the user itself: a line without a form was concluded. */
function isBy({ by, sentAs }: LedgerLine, user: string): boolean {
  return sentAs !== null && by?.toLowerCase() === user.toLowerCase();
}

/** The objections to pushes for the keys in use, a sentence each. */
function objectionsAt(history: TenantHistory, now: Date): readonly string[] {
  const uses = keyUsesAt(history);
  return certificatesAt(history).flatMap((request) => {
    const { clientAppKey } = request.line;
    if (uses.get(clientAppKey)?.inUse === false) return [];
    const { against } = recordedStanding(history, request, { now });
    const answered = against.filter(({ code }) => code !== 'outcome-unknown');
    const subject = `Pushes for ${clientAppKey} at ${history.tenant}`;
    return wordsAgainst(answered, { subject }) ?? [];
  });
}
