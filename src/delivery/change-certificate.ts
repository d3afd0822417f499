import type { Profiles } from '../auth/profile.ts';
import { withSentAs } from '../auth/profiles.ts';
import {
  isSame,
  openRequests,
  requestsTo,
  stampOf,
  withDeleted,
  withOutcomeUnknown,
  withoutRequest,
  withRequest,
  withSet,
} from '../auth/requests.ts';
import type { CertificateRecord, CertificateRequest } from '../auth/stored-schemas.ts';
import type { Context } from '../context.ts';
import { exitCodeOf, hintsFor } from '../errors/advice.ts';
import { CliError } from '../errors/cli-error.ts';
import type { ExitCode } from '../errors/entry.ts';
import type { Settings } from '../settings/settings.ts';
import type { SentAs } from '../tenant/client.ts';
import type { OpenTenant } from './connection.ts';

/** A change as it is sent: a certificate for a client app key, or the end of one. */
export type CertificateChange =
  | ({ readonly asked: 'set' } & CertificateRecord)
  | ({ readonly asked: 'delete' } & Omit<CertificateRequest, 'asked' | 'outcome'>);

/** What came of it: how the tenant took it, or why nobody knows whether it did. */
export interface ChangeOutcome {
  readonly sentAs: SentAs | null;
  /** Where the answer is missing: how often it was sent, and the error as a report has it. */
  readonly missing: MissingAnswer | null;
}

export interface MissingAnswer {
  readonly tries: number;
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly hints: readonly string[];
    readonly exitCode: ExitCode;
  };
}

/**
 * Sends a change of a certificate. It is in this machine's record before it leaves, so that it is known of also where the
 * program is killed, and what came of it afterwards: an answer that is missing is told, and stays in the record until
 * something settles it.
 * @throws {CliError} what `send` throws where the change was not made; interrupted before it was sent
 */
export async function changeCertificate(
  change: CertificateChange,
  send: () => Promise<SentAs>,
  { tenant, session }: Pick<OpenTenant, 'tenant' | 'session'>,
  settings: Settings,
  context: Context,
): Promise<ChangeOutcome> {
  const { terminal } = context;
  const asked = requestOf(change);
  const request = { ...asked, at: stampOf(settings.profiles, asked) };
  const stamped = (profiles: Profiles): CertificateRequest => ({
    ...request,
    at: stampOf(profiles, request),
  });
  const unnoted = await keep(settings, (profiles, name) => withRequest(profiles, name, request));
  if (unnoted?.code === 'interrupted') throw unnoted;
  const note = async (what: string, after: Change): Promise<void> => {
    const error = await keep(settings, after);
    // What an interrupt leaves in the record says the same.
    if (error !== null && error.code !== 'interrupted')
      terminal.warn(`${what}, but this machine could not remember it: ${error.message}`);
  };
  let sentAs: SentAs;
  try {
    sentAs = await send();
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    const isUnknown = error.code === 'outcome-unknown';
    // A whole answer that is not a tenant's, from where one has answered before, is that of a proxy.
    const isTenant =
      session.source !== 'env' ||
      error.facts.answered === 'before' ||
      requestsTo(settings.profiles, tenant).length > 0;
    const mayBeDone = isUnknown || (error.code === 'tenant-not-json' && isTenant);
    if (mayBeDone)
      await note('The tenant may have done it', (...all) => withOutcomeUnknown(...all, stamped(all[0])));
    else if (unnoted === null) await note('It was not done', (...all) => withoutRequest(...all, request));
    if (!isUnknown) throw error;
    return { sentAs: null, missing: await tell(error, context) };
  }
  const isSet = change.asked === 'set';
  const before = openRequests(settings.profiles).filter((open) => isSame(open, request));
  await note(`The certificate is ${isSet ? 'set' : 'deleted'}`, (profiles, name) => {
    const last = stamped(profiles);
    const done = isSet
      ? withSet(profiles, name, { ...recordOf(change), setAt: last.at })
      : withDeleted(withoutRequest(profiles, name, request), name, last);
    return withSentAs(done, name, tenant, sentAs);
  });
  for (const { asked, at } of before)
    terminal.note(
      `The ${nounOf(asked)} of ${at.slice(0, 10)}, whose answer is missing, is settled by this ${nounOf(change.asked)}.`,
    );
  return { sentAs, missing: null };
}

/** What is asked, as a noun. */
export function nounOf(asked: CertificateChange['asked']): string {
  return asked === 'set' ? 'set' : 'deletion';
}

type Change = (profiles: Profiles, name: string) => Profiles;

/** Changes the record; what keeps that from being done is given back. */
async function keep({ store, profileName }: Settings, change: Change): Promise<CliError | null> {
  try {
    await store.update((profiles) => change(profiles, profileName));
    return null;
  } catch (error) {
    if (error instanceof CliError) return error;
    throw error;
  }
}

/** Says that the answer is missing, and gives it as a report has it. */
async function tell(error: CliError, context: Context): Promise<MissingAnswer> {
  return { tries: error.facts.tries ?? 1, error: await reportError(error, context) };
}

/** Says an error beside which there is a report, and gives it as the report has it. */
export async function reportError(error: CliError, { terminal }: Context): Promise<MissingAnswer['error']> {
  const hints = hintsFor(error);
  await terminal.error(error.lines, hints);
  const { code, message } = error;
  return { code, message, hints, exitCode: exitCodeOf(error) };
}

function requestOf(change: CertificateChange): CertificateRequest {
  const { asked, tenant, clientAppKey, topic, fingerprint, notAfter } = change;
  const at = change.asked === 'set' ? change.setAt : change.at;
  return { tenant, clientAppKey, asked, outcome: 'sending', topic, fingerprint, notAfter, at };
}

function recordOf({ asked: _, ...record }: { readonly asked: 'set' } & CertificateRecord): CertificateRecord {
  return record;
}
