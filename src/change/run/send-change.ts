import { type CliError, hasCode, restated } from '../../errors/cli-error.ts';
import type { HttpResponse } from '../../network/http.ts';
import type { PushIdentity } from '../../pkcs12/model.ts';
import { encodeBase64 } from '../../pkcs12/pem.ts';
import {
  type CallParameters,
  type SentAs,
  secretsOf,
  type TenantClient,
} from '../../tenant/client.ts';
import {
  deleteRequest,
  type MobileRequest,
  setRequest,
} from '../../tenant/set-and-delete-certificate.ts';
import { membersOf, parseJson } from '../../text/json.ts';
import { Secret } from '../../text/secret.ts';
import { type AnswerKind, answers } from '../answer-table.ts';
import { type Asking, changeOf, errorOf, isAboutForm, kindOf } from '../judge-answer.ts';
import type { PushFile } from '../target.ts';

interface Sending extends PushFile {
  readonly clientAppKey: string;
  readonly topic: string;
}

/** The way in which a request is sent. */
export interface SendTerms {
  /** The forms of the parameters, in turn. */
  readonly forms: readonly SentAs[];
  /** Whether the host has answered as a tenant before. */
  readonly hostHasAnswered: boolean;
}

/**
 * Sends the certificate to the tenant and returns the form that the tenant accepts.
 * @throws {CliError} as sendChange; with the fact `file` if the tenant cannot open it
 */
export async function sendCertificate(
  { identity, findings, ...sending }: Sending,
  client: TenantClient,
  terms: SendTerms,
): Promise<SentAs> {
  const certificate = encodedOf(identity);
  const request = setRequest({ ...sending, certificate });
  return sendChange(request, client, terms, (error, kind) => {
    const codes = findings.map(({ code }) => code);
    const faults = /limit|iteration/i.test(error.message)
      ? codes.filter((code) => code === 'iterations-high')
      : codes;
    const forced = findings.filter(({ level }) => level === 'error');
    const lines = forced.map(({ code, message }) => `${message} [${code}]`);
    const file = { path: identity.path, findings: faults };
    return restated(
      error,
      kind === 'refused-file' ? { lines, facts: { file } } : { facts: { file } },
    );
  });
}

/** The files that were sent, in base64: a fleet sends one to many tenants. */
const encodedFiles = new WeakMap<PushIdentity, Secret>();

function encodedOf(identity: PushIdentity): Secret {
  const known = encodedFiles.get(identity);
  if (known !== undefined) return known;
  const encoded = new Secret(encodeBase64(identity.container.pfx));
  encodedFiles.set(identity, encoded);
  return encoded;
}

/** Deletes the certificate of a key. @throws {CliError} as sendChange */
export function sendDeletion(
  clientAppKey: string,
  client: TenantClient,
  terms: SendTerms,
): Promise<SentAs> {
  return sendChange(deleteRequest(clientAppKey), client, terms);
}

/**
 * Sends a request in each form in turn: the next one only if the tenant says that a
 * parameter is missing. The vendor documents their names but not their form.
 * @returns the form that the tenant accepted
 * @throws {CliError} those of `answers`; of several refusals the one about the values,
 *   else the first
 */
export async function sendChange(
  request: MobileRequest,
  client: TenantClient,
  { forms, hostHasAnswered }: SendTerms,
  aboutFile: AboutFile = (error) => error,
): Promise<SentAs> {
  const { asked, path, parameters } = request;
  const { tenant } = client;
  const secrets = [...secretsOf(parameters), ...client.secrets()];
  const asking: Asking = { tenant, asked, path, hostHasAnswered, secrets };
  let first: CliError | null = null;
  for (const form of forms) {
    const answer = await client.change(path, parameters, form, changeOf(asking));
    const kind = kindOf(answer);
    if (answers[kind].outcome === 'done') return form;
    const error = errorOf(answer, asking);
    if (!hasCode(error, 'tenant-refused')) throw error;
    if (kind === 'refused-file') throw aboutFile(error, kind);
    const missing = missingIn(answer, parameters);
    if (answers[kind].again !== 'form') {
      if (first !== null && isAboutForm(answer)) throw first;
      const isNamed =
        missing === 'sent' && !forms.slice(0, forms.indexOf(form) + 1).includes('form');
      throw isNamed ? restated(error, { facts: { form: 'untried' } }) : error;
    }
    if (missing === 'empty') {
      const facts = { lacks: 'password' } as const;
      throw aboutFile(restated(error, { facts }), kind);
    }
    first ??= missing === 'sent' ? restated(error, { facts: { tried: forms } }) : error;
  }
  if (first === null) throw new Error('no form to send the parameters in');
  throw first;
}

/** Adds the facts of the file to a refusal that concerns it. */
type AboutFile = (
  error: CliError<'tenant-refused'>,
  kind: AnswerKind,
) => CliError<'tenant-refused'>;

/**
 * The parameters that a tenant calls missing: one that was sent with a value, or only
 * ones that were sent empty; `unnamed`: it names none.
 */
function missingIn(
  { body }: HttpResponse,
  parameters: CallParameters,
): 'sent' | 'empty' | 'unnamed' {
  const { Message } = membersOf(parseJson(body)) ?? {};
  if (typeof Message !== 'string') return 'unnamed';
  const named = Object.keys(parameters).filter((name) =>
    new RegExp(`(?<!\\w)${name}(?!\\w)`, 'i').test(Message),
  );
  if (named.length === 0) return 'unnamed';
  return named.some((name) => !isEmpty(parameters[name])) ? 'sent' : 'empty';
}

function isEmpty(value: string | Secret | undefined): boolean {
  return (value instanceof Secret ? value.reveal() : value) === '';
}

/**
 * The forms to try in turn: the option's alone; without it JSON and a form, starting with
 * the one that the tenant took last. Never the query by itself, since servers log
 * addresses.
 */
export function formsToTry(sendAs: SentAs | null, takenLast: string | null): readonly SentAs[] {
  if (sendAs !== null) return [sendAs];
  return takenLast === 'form' ? ['form', 'json'] : ['json', 'form'];
}
