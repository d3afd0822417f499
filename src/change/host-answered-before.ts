import type { Context } from '../context.ts';
import { hasCode, restated, unlessInterrupted } from '../errors/cli-error.ts';
import { historyOf, tenantHistory } from './history.ts';
import { readMachine } from './ledger.ts';
import { configurationDirectory } from './read-memory.ts';

/**
 * Whether a host has answered as a tenant before, by the ledgers of this machine. One
 * that cannot be read tells nothing.
 * @throws {CliError} interrupted
 */
export async function hasHistory(tenant: string, context: Context): Promise<boolean> {
  try {
    const directory = await configurationDirectory(context);
    const { lines } = await readMachine(directory, { tenants: new Set([tenant]) });
    return tenantHistory(historyOf(lines), tenant).lastDone.size > 0;
  } catch (error) {
    return unlessInterrupted(() => false)(error);
  }
}

/**
 * Does work at a host. An answer that is not a tenant's puts the address in doubt only if
 * the host has not answered as one before.
 */
export async function atHost<T>(
  tenant: string,
  context: Context,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const isDoubt = hasCode(error, 'tenant-not-json') && error.facts.answered === undefined;
    if (!isDoubt || !(await hasHistory(tenant, context))) throw error;
    throw restated(error, { facts: { answered: 'before' } });
  }
}
