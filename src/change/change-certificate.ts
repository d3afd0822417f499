import { type CertificateChange, createRecorder } from '../auth/requests.ts';
import type { Context } from '../context.ts';
import { type ErrorDocument, errorDocument } from '../errors/advice.ts';
import { CliError } from '../errors/cli-error.ts';
import type { Settings } from '../settings/settings.ts';
import type { SentAs } from '../tenant/client.ts';
import type { OpenTenant } from './open.ts';

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
  { session }: Pick<OpenTenant, 'session'>,
  settings: Settings,
  context: Context,
): Promise<{ readonly sentAs: SentAs | null; readonly missing: MissingAnswer | null }> {
  const { terminal } = context;
  const recorder = createRecorder(change, settings);
  const notRecorded = await recorder.sending();
  if (notRecorded?.code === 'interrupted') throw notRecorded;
  const warnIfNotRecorded = async (
    what: string,
    writing: Promise<CliError | null>,
  ): Promise<void> => {
    const error = await writing;
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
    // If this machine has used the tenant before, a whole answer that is not a tenant's comes from a proxy.
    const isTenant =
      session.source !== 'env' ||
      (error.code === 'tenant-not-json' && error.facts.answered === 'before') ||
      recorder.hasSentBefore;
    const mayBeDone = isUnknown || (error.code === 'tenant-not-json' && isTenant);
    if (mayBeDone) await warnIfNotRecorded('The tenant may have done it', recorder.unknown());
    else if (notRecorded === null) await warnIfNotRecorded('It was not done', recorder.notDone());
    if (!isUnknown) throw error;
    const missing = { tries: error.facts.tries ?? 1, error: await reportError(error, context) };
    return { sentAs: null, missing };
  }
  await warnIfNotRecorded(
    `The certificate is ${change.asked === 'set' ? 'set' : 'deleted'}`,
    recorder.done(sentAs),
  );
  for (const { asked, at } of recorder.settled)
    terminal.note(
      `This ${nounOf(change.asked)} settles the ${nounOf(asked)} of ${at.slice(0, 10)}, which got no answer.`,
    );
  return { sentAs, missing: null };
}

export function nounOf(asked: CertificateChange['asked']): string {
  return asked === 'set' ? 'set' : 'deletion';
}

/** Shows an error that accompanies a report, and returns it for the report. */
export async function reportError(
  error: CliError,
  { terminal, destination }: Context,
): Promise<MissingAnswer['error']> {
  const document = errorDocument(error, destination);
  await terminal.error(error.lines, document.error.hints);
  return document.error;
}
