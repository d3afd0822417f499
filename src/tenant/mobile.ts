import { type CliError, hasCode, restated } from '../errors/cli-error.ts';
import type { Secret } from '../text/secret.ts';
import type { CallChange, CallParameters, SentAs, TenantClient } from './client.ts';

/** The certificate that the tenant receives for a client app key. */
export interface SetCertificate {
  readonly clientAppKey: string;
  /** Base64 of the PFX exactly as in the file, without line breaks (RFC 4648 §4). */
  readonly certificate: Secret;
  /** Null and empty are the same on the wire. */
  readonly password: Secret | null;
  readonly topic: string;
}

/**
 * `POST /Mobile/SetApnsCertForClientApp`: the certificate for a client app key, replacing
 * any earlier one.
 * @param forms as for deleteCertificate
 */
export function setCertificate(
  client: TenantClient,
  certificate: SetCertificate,
  forms?: readonly SentAs[],
): Promise<SentAs> {
  const parameters = {
    ClientAppKey: certificate.clientAppKey,
    APNSCert: certificate.certificate,
    APNSPass: certificate.password ?? '',
    APNSTopic: certificate.topic,
  };
  const change = { done: 'set the certificate', idempotent: true };
  return callInTurn(client, '/Mobile/SetApnsCertForClientApp', parameters, change, forms);
}

/**
 * `POST /Mobile/DeleteApnsCertForClientApp`: removes a client app key's certificate.
 * @param forms the forms of the parameters, in turn: the next one only if the tenant
 *   reports a missing parameter. The vendor documents their names but not their form, so
 *   the default is JSON, then a form
 * @returns the form that the tenant accepted
 * @throws {CliError} as TenantClient.call; of several refusals the one about the values,
 *   else the first, with the fact `tried`
 */
export function deleteCertificate(
  client: TenantClient,
  clientAppKey: string,
  forms?: readonly SentAs[],
): Promise<SentAs> {
  const path = '/Mobile/DeleteApnsCertForClientApp';
  const change = { done: 'deleted the certificate', idempotent: false };
  return callInTurn(client, path, { ClientAppKey: clientAppKey }, change, forms);
}

async function callInTurn(
  client: TenantClient,
  path: string,
  parameters: CallParameters,
  change: CallChange,
  forms: readonly SentAs[] = ['json', 'form'],
): Promise<SentAs> {
  let first: CliError<'tenant-refused' | 'tenant-not-json'> | null = null;
  for (const form of forms) {
    try {
      await client.call(path, parameters, form, change);
      return form;
    } catch (error) {
      if (!hasCode(error, 'tenant-refused', 'tenant-not-json')) throw error;
      const { parameters: fault } = error.facts;
      // Unreadable JSON alone does not justify a form; after two attempts, the first
      // refusal tells more.
      const isOnlyUnread = first === null && form === 'json' && fault === 'unreadable';
      if (fault === undefined || isOnlyUnread) throw error;
      first ??= error;
    }
  }
  if (first === null) throw new Error('no form to send the parameters in');
  throw restated(first, { facts: { tried: forms } });
}
