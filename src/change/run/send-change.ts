import { type CliError, hasCode, restated } from '../../errors/cli-error.ts';
import type { HttpResponse } from '../../network/http.ts';
import { encodeBase64 } from '../../pkcs12/base64.ts';
import type { PushIdentity } from '../../pkcs12/model.ts';
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
import { type Asking, errorOf, isAboutForm, judgeOf, kindOf } from '../judge-answer.ts';
import type { PushFile } from '../target.ts';

/** A file with its password, and the place that it goes to. */
interface CertificateToSend extends PushFile {
  readonly clientAppKey: string;
  readonly topic: string;
}

/** The way in which a request is sent. */
export interface SendTerms {
  /** The forms of the parameters to try, in turn. */
  readonly forms: readonly SentAs[];
  /** Whether the host has answered as a tenant before. */
  readonly hostHasAnswered: boolean;
}

/**
 * Sends the certificate to the tenant and returns the form that the tenant accepts.
 * @throws {CliError} as sendChange; with the fact `file` if the tenant cannot open it
 */
export async function sendCertificate(
  file: CertificateToSend,
  client: TenantClient,
  terms: SendTerms,
): Promise<SentAs> {
  const request = setRequest({
    clientAppKey: file.clientAppKey,
    certificate: encodedOf(file.identity),
    password: file.password,
    topic: file.topic,
  });
  return sendChange(request, client, terms, (error, kind) => aboutFile(error, kind, file));
}

/** A refusal that concerns the file, with the facts of the file. */
function aboutFile(
  error: CliError<'tenant-refused'>,
  kind: AnswerKind,
  { identity, findings }: PushFile,
): CliError<'tenant-refused'> {
  const codes = findings.map(({ code }) => code);
  const faults = /limit|iteration/i.test(error.message)
    ? codes.filter((code) => code === 'iterations-high')
    : codes;
  const facts = { file: { path: identity.path, findings: faults } };
  if (kind !== 'refused-file') return restated(error, { facts });
  const forced = findings.filter(({ level }) => level === 'error');
  const lines = forced.map(({ code, message }) => `${message} [${code}]`);
  return restated(error, { lines, facts });
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
  aboutSubject: AboutSubject = (error) => error,
): Promise<SentAs> {
  const { asked, path, parameters } = request;
  const { tenant } = client;
  const secrets = [...secretsOf(parameters), ...client.secrets()];
  const asking: Asking = { tenant, asked, path, hostHasAnswered, secrets };
  const tried: SentAs[] = [];
  let firstRefusal: CliError | null = null;
  for (const sentAs of forms) {
    const answer = await client.change(path, parameters, sentAs, judgeOf(asking));
    tried.push(sentAs);
    const kind = kindOf(answer);
    const { outcome, again } = answers[kind];
    if (outcome === 'done') return sentAs;
    const error = errorOf(answer, asking);
    if (!hasCode(error, 'tenant-refused')) throw error;
    if (kind === 'refused-file') throw aboutSubject(error, kind);
    const calledMissing = calledMissingIn(answer, parameters);
    const isFormInDoubt = again === 'both-in-other-form';
    if (!isFormInDoubt) {
      if (firstRefusal !== null && isAboutForm(answer)) throw firstRefusal;
      const mayHelp = calledMissing === 'had-value' && !tried.includes('form');
      throw mayHelp ? restated(error, { facts: { form: 'untried' } }) : error;
    }
    if (calledMissing === 'was-empty') {
      const facts = { lacks: 'password' } as const;
      throw aboutSubject(restated(error, { facts }), kind);
    }
    firstRefusal ??=
      calledMissing === 'had-value' ? restated(error, { facts: { tried: forms } }) : error;
  }
  if (firstRefusal === null) throw new Error('no form to send the parameters in');
  throw firstRefusal;
}

/** Adds the facts of what was sent, to a refusal that concerns it. */
type AboutSubject = (
  error: CliError<'tenant-refused'>,
  kind: AnswerKind,
) => CliError<'tenant-refused'>;

/**
 * The parameters that a tenant calls missing: `had-value`: one that was sent with a
 * value; `was-empty`: only ones that were sent empty; `unnamed`: it names none.
 */
function calledMissingIn(
  { body }: HttpResponse,
  parameters: CallParameters,
): 'had-value' | 'was-empty' | 'unnamed' {
  const { Message } = membersOf(parseJson(body)) ?? {};
  if (typeof Message !== 'string') return 'unnamed';
  const named = Object.keys(parameters).filter((name) =>
    new RegExp(`(?<!\\w)${name}(?!\\w)`, 'i').test(Message),
  );
  if (named.length === 0) return 'unnamed';
  return named.some((name) => !isEmpty(parameters[name])) ? 'had-value' : 'was-empty';
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
