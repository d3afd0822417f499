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
import type { CertificateRequest } from '../auth/stored-schemas.ts';
import type { Context } from '../context.ts';
import { type ErrorDocument, errorDocument } from '../errors/advice.ts';
import { CliError } from '../errors/cli-error.ts';
import type { Settings } from '../settings/settings.ts';
import type { SentAs } from '../tenant/client.ts';
import type { OpenTenant } from './connection.ts';

/** A change to send: a new certificate for a client app key, or a deletion. */
type CertificateChange = Omit<CertificateRequest, 'asked' | 'outcome'> &
  (
    | { readonly asked: 'delete' }
    | { readonly asked: 'set'; topic: string; fingerprint: string; notAfter: string }
  );

export interface MissingAnswer {
  /** How many times it was sent. */
  readonly tries: number;
  readonly error: ErrorDocument['error'];
}

/**
 * Records a change of a certificate on this machine, sends it, and records the outcome. A program killed in between leaves
 * the record, as does a missing answer, until something settles it.
 * @returns how the tenant took the parameters, or why the outcome is unknown
 * @throws {CliError} what `send` throws if the change was not made; interrupted before it was sent
 */
export async function changeCertificate(
  change: CertificateChange,
  send: () => Promise<SentAs>,
  { tenant, session }: Pick<OpenTenant, 'tenant' | 'session'>,
  settings: Settings,
  context: Context,
): Promise<{ readonly sentAs: SentAs | null; readonly missing: MissingAnswer | null }> {
  const { terminal } = context;
  const request = { ...change, outcome: 'sending' as const, at: stampOf(settings.profiles, change) };
  const stamped = (profiles: Profiles) => ({ ...request, at: stampOf(profiles, request) });
  const unnoted = await keep(settings, (profiles, name) => withRequest(profiles, name, request));
  if (unnoted?.code === 'interrupted') throw unnoted;
  const note = async (what: string, after: Change): Promise<void> => {
    const error = await keep(settings, after);
    // The record that an interrupt leaves says the same.
    if (error !== null && error.code !== 'interrupted')
      terminal.warn(`${what}, but mfa-cli could not record it: ${error.message}`);
  };
  let sentAs: SentAs;
  try {
    sentAs = await send();
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    const isUnknown = error.code === 'outcome-unknown';
    // If the tenant has answered before, a whole answer that is not a tenant's comes from a proxy.
    const isTenant =
      session.source !== 'env' ||
      error.facts.answered === 'before' ||
      requestsTo(settings.profiles, tenant).length > 0;
    const mayBeDone = isUnknown || (error.code === 'tenant-not-json' && isTenant);
    if (mayBeDone)
      await note('The tenant may have done it', (...all) => withOutcomeUnknown(...all, stamped(all[0])));
    else if (unnoted === null) await note('It was not done', (...all) => withoutRequest(...all, request));
    if (!isUnknown) throw error;
    const missing = { tries: error.facts.tries ?? 1, error: await reportError(error, context) };
    return { sentAs: null, missing };
  }
  const before = openRequests(settings.profiles).filter((open) => isSame(open, request));
  await note(`The certificate is ${change.asked === 'set' ? 'set' : 'deleted'}`, (profiles, name) => {
    const last = stamped(profiles);
    const withChange = (): Profiles => {
      if (change.asked === 'delete') return withDeleted(withoutRequest(profiles, name, request), name, last);
      const { clientAppKey, topic, fingerprint, notAfter } = change;
      return withSet(profiles, name, { clientAppKey, topic, fingerprint, notAfter, tenant, setAt: last.at });
    };
    return withSentAs(withChange(), name, tenant, sentAs);
  });
  for (const { asked, at } of before)
    terminal.note(
      `This ${nounOf(change.asked)} settles the ${nounOf(asked)} of ${at.slice(0, 10)}, which got no answer.`,
    );
  return { sentAs, missing: null };
}

export function nounOf(asked: CertificateChange['asked']): string {
  return asked === 'set' ? 'set' : 'deletion';
}

type Change = (profiles: Profiles, name: string) => Profiles;

async function keep({ store, profileName }: Settings, change: Change): Promise<CliError | null> {
  try {
    await store.update((profiles) => change(profiles, profileName));
    return null;
  } catch (error) {
    if (error instanceof CliError) return error;
    throw error;
  }
}

/** Shows an error that accompanies a report, and returns it for the report. */
export async function reportError(error: CliError, { terminal }: Context): Promise<MissingAnswer['error']> {
  const document = errorDocument(error);
  await terminal.error(error.lines, document.error.hints);
  return document.error;
}
