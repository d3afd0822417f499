import type { OpenRequest } from '../../auth/requests.ts';
import type { CertificateRecord } from '../../auth/stored-schemas.ts';
import type { Finding } from '../../checks/finding.ts';
import type { Context } from '../../context.ts';
import type { Verification } from '../../delivery/apns.ts';
import { nounOf } from '../../delivery/change-certificate.ts';
import { CliError } from '../../errors/cli-error.ts';
import type { ApnsEnvironment } from '../../pkcs12/model.ts';
import { concerns, formatFindings, wordsForPhones } from '../../report/fields.ts';
import type { PhoneCount } from '../../tenant/enrolled-devices.ts';
import { harmless } from '../../text/printable.ts';

/** What is about to be done, and what the checks found. */
export interface IntendedSet {
  readonly tenant: string | null;
  readonly clientAppKey: string | null;
  readonly topic: string | null;
  /** SHA-256 of the certificate. */
  readonly fingerprint: string | null;
  /** Of the certificate, ISO 8601. */
  readonly notAfter: string | null;
  /** Those that the certificate serves. */
  readonly environments: readonly ApnsEnvironment[];
  /** What this tool set last for the same tenant and key. */
  readonly previous: CertificateRecord | null;
  /** What was asked for this key since, without an answer. */
  readonly unanswered: readonly OpenRequest[];
  /** Whether `previous` is this very certificate with this topic. */
  readonly unchanged: boolean;
  readonly findings: readonly Finding[];
}

/**
 * Shows a person what is about to be done and every error and warning, and asks if another certificate is replaced or
 * there is an error or a warning. @throws {CliError} interrupted, when the answer is no
 */
export async function confirmSet(
  plan: IntendedSet,
  {
    verification,
    phones,
  }: { readonly verification: Verification | null; readonly phones?: PhoneCount | null },
  yes: boolean,
  { terminal, prompt }: Context,
): Promise<void> {
  const { tenant, previous, unchanged, clientAppKey, topic, findings } = plan;
  const until = plan.notAfter?.slice(0, 10);
  const fingerprint = plan.fingerprint?.slice(0, 8);
  const serves = plan.environments.length === 0 ? 'no environment' : plan.environments.join(' and ');
  const before =
    previous === null
      ? 'nothing that this machine set: this client app key is new here'
      : unchanged
        ? 'the same certificate'
        : `the certificate until ${previous.notAfter.slice(0, 10)}, set on ${previous.setAt.slice(0, 10)}`;
  terminal.note(`To:       ${tenant}, client app key ${clientAppKey}`);
  terminal.note(`Replaces: ${before}`);
  for (const { asked, at, fingerprint: sent } of plan.unanswered)
    terminal.note(
      `Unknown:  whether the ${nounOf(asked)} of ${at.slice(0, 10)}${asked === 'set' ? ` (SHA-256 ${sent?.slice(0, 8)}…)` : ''} was done`,
    );
  if (verification !== null) terminal.note(`APNs:     ${verdictOfApns(verification)}`);
  if (phones !== undefined) terminal.note(`Phones:   ${wordsForPhones(phones)}`);
  const concerned = concerns(findings);
  if (concerned.length > 0)
    terminal.present(`\n${formatFindings(harmless(concerned), await terminal.style('stderr'))}`);
  terminal.note(`Sends:    ${serves}, until ${until}, SHA-256 ${fingerprint}…, topic ${topic}`);
  const silences = findings.some(({ code }) => code === 'silences-other-app');
  if (yes || (unchanged && !silences)) return;
  if (previous === null && concerned.length === 0 && plan.unanswered.length === 0) return;
  const confirmation = {
    message: `${previous === null ? 'Set' : 'Replace'} the certificate for ${clientAppKey} at ${placeOf(tenant)}?`,
    unavailable: 'A confirmation is needed, and there is no terminal to ask on',
    facts: { option: '--yes' },
  };
  if (!(await prompt.confirm(confirmation))) throw new CliError('interrupted', 'Nothing was sent');
}

/** The tenant's host, which is what a person knows it by. */
function placeOf(tenant: string | null): string {
  return tenant === null ? 'the tenant' : new URL(tenant).host;
}

/** What APNs said, in the few words that a line has for it. */
export function verdictOfApns({ accepted, environment, explanation }: Verification): string {
  return accepted ? `accepts this certificate (${environment})` : explanation;
}
