import { dirname } from 'node:path';
import { certificatesAt, historyOf, withoutRepeats } from '../../change/history.ts';
import { readMachine } from '../../change/ledger.ts';
import { mfaCli } from '../../errors/hint.ts';
import type { Settings } from '../../settings/settings.ts';
import { count } from '../../text/phrasing.ts';
import { notChecked, ok, type Verdict, warning } from './check.ts';

/**
 * Reads the ledger, and says what it has.
 * @throws {CliError} file-unreadable, file-too-large
 */
export async function checkLedger({ store }: Settings): Promise<Verdict> {
  if (store.path === '') return notChecked('The ledger was not checked: it has no place.');
  const { lines, warnings } = await readMachine(dirname(store.path), { tenants: null });
  const [first] = warnings;
  if (first !== undefined)
    return warning(`${first}.`, 'If that ledger is needed, put it back where it was.');
  const tenants = [...historyOf(lines).tenants.values()];
  const certificates = tenants.flatMap(certificatesAt).length;
  if (tenants.length === 0) return ok('Nothing was set from this machine yet.');
  const has = `The ledger has ${count(certificates, 'certificate')} at ${count(tenants.length, 'tenant')}`;
  const open = tenants.flatMap(({ open: requests }) => withoutRepeats(requests)).length;
  if (open === 0) return ok(`${has}.`);
  return warning(`${has}, and ${count(open, 'request')} without an answer.`, {
    text: 'Ask the tenants what became of it: {command}.',
    command: mfaCli('apns', 'status', '--all-profiles', '--refresh'),
  });
}
