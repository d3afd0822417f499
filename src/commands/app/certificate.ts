import { certificatesAt } from '../../change/history.ts';
import type { LedgerLine } from '../../change/ledger-line.ts';
import { namedLedger, readMemory } from '../../change/read-memory.ts';
import type { Context } from '../../context.ts';
import type { Certificate } from '../../pkcs12/model.ts';
import { isoDate } from '../../report/fields.ts';

/** A push certificate that an app is compared with. */
export interface AppCertificate {
  readonly from: 'p12' | 'ledger';
  readonly topics: readonly string[];
  readonly environments: readonly string[];
  readonly team: string | null;
  /** ISO 8601 */
  readonly notBefore: string | null;
  readonly notAfter: string | null;
  /**
   * The environment that was asked for when it was set; null: none, or it is not known to
   * be set.
   */
  readonly environment: string | null;
}

export function certificateOfP12(certificate: Certificate): AppCertificate {
  const { topics, environments, teamId, notBefore, notAfter } = certificate;
  return {
    from: 'p12',
    topics,
    environments,
    team: teamId,
    notBefore: isoDate(notBefore),
    notAfter: isoDate(notAfter),
    environment: null,
  };
}

/**
 * The certificates that tenants were given for an app, by the ledgers of this machine and
 * the one that `MFA_CLI_RECORD` names, the last one first; certificates of the same facts
 * are one.
 * @throws {CliError} file-unreadable, file-too-large
 */
export async function certificatesOnRecord(
  bundleId: string,
  context: Context,
): Promise<readonly AppCertificate[]> {
  const named = namedLedger(undefined, context.env);
  const also = named === null ? [] : [named];
  const { history } = await readMemory({ tenants: null, also }, context);
  const requests = [...history.tenants.values()].flatMap(certificatesAt);
  const ofApp = requests.filter(
    ({ line }) => line.topic === bundleId || line.clientAppKey === bundleId,
  );
  const lastFirst = [...ofApp].sort((one, other) => Date.parse(other.at) - Date.parse(one.at));
  const distinct = new Map<string, AppCertificate>();
  for (const { line } of lastFirst) {
    const certificate = certificateOfLine(line);
    const facts = JSON.stringify(certificate);
    if (!distinct.has(facts)) distinct.set(facts, certificate);
  }
  return [...distinct.values()];
}

function certificateOfLine(line: LedgerLine): AppCertificate {
  return {
    from: 'ledger',
    topics: line.topic === null ? [] : [line.topic],
    environments: line.environments ?? [],
    team: line.team?.id ?? null,
    notBefore: line.notBefore,
    notAfter: line.notAfter,
    environment: line.environment,
  };
}
