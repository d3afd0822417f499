import { openTenant } from '../change/open-tenant.ts';
import type { Context } from '../context.ts';
import { type ErrorDocument, errorDocument } from '../errors/advice.ts';
import { CliError } from '../errors/cli-error.ts';
import { nameOf, readWhole, tooLarge } from '../files/read.ts';
import type { HttpResponse } from '../network/http.ts';
import { redactAnswer, redactQuery, secretsIn, secretsInQuery } from '../network/redaction.ts';
import { readSettings } from '../settings/resolve.ts';
import { variable } from '../settings/values.ts';
import { refusalIn } from '../tenant/envelope.ts';
import { plainJudge } from '../tenant/plain-change.ts';
import { excessOf, parseJson } from '../text/json.ts';
import { uncommanded, uncommandedJson } from '../text/printable.ts';
import type { CommandModule } from './command.ts';
import type { ApiOptions } from './options.ts';

/** The tenant's answer, even a refusal, which `error` reports. */
export interface ApiReport {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** The JSON of the answer, its text if it is not JSON, or null if it is empty. */
  readonly body: unknown;
  /** The error, as in every command, or null if the tenant accepted the request. */
  readonly error: ErrorDocument['error'] | null;
}

const reading = ['GET', 'HEAD'];
/** Not idempotent: never retried after the first byte was written. */
const changing = ['POST', 'PUT', 'PATCH', 'DELETE'];

/** Time limit of the search for secrets in an answer, in seconds. */
const searchTime = 30;

export async function api(options: ApiOptions, context: Context): Promise<ApiReport> {
  const method = requireMethod(options.method);
  const path = requirePath(options.path);
  if (options.data !== undefined && reading.includes(method))
    throw new CliError('usage', `--data cannot be used with ${method}`);
  const data =
    options.data === undefined ? undefined : await readRequestBody(options.data, context);
  const body = data ?? (method === 'POST' ? '{}' : undefined);

  const { tenant, session, client } = await openTenant(
    await readSettings(options, context),
    context,
  );
  const changeJudge = plainJudge({ mayHave: 'carried out the request', idempotent: false });
  const answer = await client.send({
    method,
    path,
    retry: true,
    ...(body === undefined ? {} : { body }),
    ...(changing.includes(method) ? { changeJudge } : {}),
  });
  const excess = excessOf(answer.body);
  if (excess !== null)
    throw new CliError('tenant-not-json', `${tenant} answered with JSON that ${excess}`);
  const secrets = [
    ...session.secrets(),
    ...secretsIn(parseJson(body ?? '')),
    ...secretsInQuery(path),
  ];
  const late = new CliError(
    'tenant-timeout',
    `The search for secrets in the answer from ${tenant} took longer than ${searchTime} s`,
  );
  const { refusal, shown } = await context.bounded(
    { milliseconds: searchTime * 1000, late, bytes: answer.body.length },
    ({ inOneGo }) =>
      inOneGo(() => ({
        refusal: refusalIn(answer, tenant, secrets),
        shown: redactAnswer(answer, secrets),
      })),
  );
  if (refusal !== null) await context.terminal.error(refusal.lines, []);
  return {
    method,
    path: redactQuery(path),
    status: shown.status,
    body: bodyOf(shown, answer, context),
    error:
      refusal === null ? null : { ...errorDocument(refusal, context.destination).error, hints: [] },
  };
}

/** Variables of the CI runners that read commands from a job's output. */
const runners = ['GITHUB_ACTIONS', 'TF_BUILD', 'TEAMCITY_VERSION'];

/**
 * The body for the report: parsed for `--json`, text for a terminal, the original bytes
 * for a pipe unless a secret was masked. In a CI log, escapes JSON and adds spaces to
 * other text, so that the runner reads no command in it.
 */
function bodyOf({ body }: HttpResponse, answer: HttpResponse, { terminal, env }: Context): unknown {
  if (body === '') return null;
  const document = parseJson(body);
  if (terminal.flags.json) return document === undefined ? body : document;
  if (terminal.streams.stdout.isTTY === true) return body;
  if (runners.some((name) => variable(env, name) !== undefined))
    return Buffer.from(document === undefined ? uncommanded(body) : uncommandedJson(body));
  return body === answer.body ? answer.bytes : Buffer.from(body);
}

function requireMethod(text: string): string {
  const method = text.toUpperCase();
  if (reading.includes(method) || changing.includes(method)) return method;
  throw new CliError(
    'usage',
    `The method must be GET, HEAD, POST, PUT, PATCH or DELETE, not "${text}"`,
  );
}

/**
 * A path that every URL parser keeps at the tenant: no second host (`//host`, `/\host`),
 * no spaces or control characters, no fragment.
 * @throws {CliError} usage
 */
function requirePath(path: string): string {
  const isPath = /^\/[^\s\\#\p{Cc}]*$/u.test(path);
  // `/.//host` is `//host` on the wire.
  if (isPath && !new URL(`https://tenant${path}`).pathname.startsWith('//')) return path;
  throw new CliError('usage', 'PATH must begin with one / and contain no host, space, \\ or #');
}

function format({ body }: ApiReport): Uint8Array {
  const bytes =
    body instanceof Uint8Array ? body : Buffer.from(typeof body === 'string' ? body : '');
  const end = bytes.length === 0 || bytes.at(-1) === 0x0a ? '' : '\n';
  return Buffer.concat([bytes, Buffer.from(end)]);
}

/** Size limit of the request body, in bytes. */
const bodyLimit = 1024 * 1024;

/**
 * The JSON text of `--data`, `@FILE` or stdin (`-`), without a byte-order mark.
 * @throws {CliError} usage (not JSON), file-not-found, file-unreadable, file-too-large,
 *   interrupted
 */
async function readRequestBody(data: string, context: Context): Promise<string> {
  const path = pathIn(data);
  if (path === '') throw new CliError('usage', 'The file name in --data is empty');
  const name = path === null ? '--data' : nameOf(path);
  const text = decodeUtf8(await readBytes(path, data, context));
  if (text === null || parseJson(text) === undefined)
    throw new CliError('usage', `${name} is not JSON`);
  return text;
}

/** The path of the file that `--data` names; null: it is the text itself. */
function pathIn(data: string): string | null {
  if (data === '-') return data;
  return data.startsWith('@') ? data.slice(1) : null;
}

async function readBytes(path: string | null, data: string, context: Context): Promise<Uint8Array> {
  if (path !== null) return readWhole(path, bodyLimit, context);
  const bytes = Buffer.from(data);
  if (bytes.length > bodyLimit) throw tooLarge('--data', bodyLimit);
  return bytes;
}

function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

export const command: CommandModule<ApiOptions, ApiReport, string | Uint8Array> = {
  work: api,
  format,
  exitCode: ({ error }) => error?.exitCode ?? 0,
};
