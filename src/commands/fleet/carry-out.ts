import { type Context, gracePeriod } from '../../context.ts';
import { sendCertificate } from '../../delivery/send-certificate.ts';
import { CliError } from '../../errors/cli-error.ts';
import type { GlobalOptions } from '../../settings/settings.ts';
import { deleteCertificate } from '../../tenant/certificates.ts';
import { type ApplyLimits, applyFleet, type Outcomes, toDo } from './apply-plan.ts';
import { type FleetAccess, fleetNetwork, openFleetAccess } from './fleet-tenant.ts';
import type { PlannedTenant } from './make-plan.ts';
import type { Place } from './pool.ts';
import type { PreparedFleet } from './prepare.ts';
import { openProgress } from './progress.ts';
import { openJournal } from './record/journal.ts';
import { type FleetRecord, placeKey, type RecordChange, withChanges } from './record/record.ts';
import { settleRecord } from './record/record-file.ts';
import { resolveSecret } from './resolve-secret.ts';

/** The part of the grace after an interrupt in which requests may still be answered; the rest is for the report. */
const answering = 0.6;

/** Does what is planned, and has it in the record whatever comes. @throws {CliError} file-unwritable, before anything is sent */
export async function carryOut(
  { planned, record }: Pick<PreparedFleet, 'planned' | 'record'>,
  path: string,
  limits: ApplyLimits,
  options: GlobalOptions,
  context: Context,
): Promise<Outcomes> {
  const journal = openJournal(path);
  const changes = new Map<string, RecordChange>();
  const end = new AbortController();
  const access = openFleetAccess(
    { ...fleetNetwork(options, context), signal: end.signal, resolveSecret },
    context,
  );
  const onInterrupt = (): void => {
    setTimeout(() => end.abort(context.signal.reason), gracePeriod * answering).unref();
  };
  context.signal.addEventListener('abort', onInterrupt);
  if (context.signal.aborted) onInterrupt();
  const progress = openProgress(toDo(planned, limits.all).length, context);
  try {
    return await applyFleet(planned, limits, {
      send: (item, place, ready) => send(item, place, ready, access),
      async note(change) {
        // Of what is about to be sent nothing is known until the journal has it; what came of it is a fact.
        if (change.state !== 'sending') changes.set(placeKey(change), change);
        await journal.append(change);
        if (change.state === 'sending') changes.set(placeKey(change), change);
      },
      now: context.now,
      done: progress.done,
    });
  } finally {
    progress.stop();
    context.signal.removeEventListener('abort', onInterrupt);
    journal.close();
    settle(path, { entries: withChanges(record.entries, changes.values()) }, context);
  }
}

/** Signs in and sends. @throws {CliError} */
function send(
  { tenant, certificate, clientAppKey, findings }: PlannedTenant,
  place: Place,
  ready: () => Promise<void>,
  access: FleetAccess,
): Promise<void> {
  return access.with(tenant, place.aside, async ({ client, forms }) => {
    await ready();
    const key = clientAppKey ?? '';
    if (certificate === null) await deleteCertificate(client, key, forms);
    else {
      const { identity, password, topic } = certificate;
      const sending = { identity, password, topic: topic ?? '', clientAppKey: key, findings };
      await sendCertificate(sending, client, forms);
    }
  });
}

/** What cannot be taken into the record stays in the journal, where it counts as well. */
function settle(path: string, record: FleetRecord, { terminal }: Context): void {
  try {
    settleRecord(path, record);
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    terminal.warn(
      `${error.message}. What was done is in ${path}.journal, and the next apply goes on from there`,
    );
  }
}
