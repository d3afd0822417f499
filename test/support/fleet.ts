import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { dirname, join } from 'node:path';
import { readFleet } from '../../src/commands/fleet/file/read-fleet.ts';
import type { FleetReport } from '../../src/commands/fleet/report.ts';
import { trustHashOf } from '../../src/commands/fleet/trust.ts';
import { createMachine, type RunOptions, type RunResult } from './context.ts';
import { p12Path } from './fixtures.ts';
import { recordIn } from './fleet-record.ts';
import { listen, pair, readBody } from './http.ts';
import { cleanEnvironment } from './process.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** A tenant of a test fleet, with its own host and port. */
interface FleetTenantServer {
  readonly name: string;
  /** Its requests in order: `token`, `set`, `delete`. */
  readonly received: string[];
  /** All text that reached it, to search for text that must not. */
  readonly bytes: string[];
  /** The topics that it holds, by client app key. */
  readonly holds: Map<string, string>;
  /** The request that set each of them, by client app key. */
  readonly sets: Map<string, Readonly<Record<string, string>>>;
  /** The highest number of simultaneous requests. */
  most: number;
}

/** Answers in place of the tenant; if it returns false, the tenant answers. */
export type Misbehaving = (
  call: string,
  response: ServerResponse,
  request: IncomingMessage,
) => boolean | undefined;

export interface FleetOptions {
  /** By the number of the tenant, from 1 on. */
  readonly misbehaving?: (number: number) => Misbehaving | undefined;
  /** Tenants that speak TLS, with an untrusted certificate. */
  readonly tls?: (number: number) => boolean;
  /** `SignIn` in the file's words; default: a service user. */
  readonly signIn?: (number: number) => string;
  /** Called with each request before it is answered. */
  readonly onRequest?: () => void;
  /** Delay of an answer, in milliseconds. */
  readonly delay?: number;
  /** Further lines for the tenants of the file. @param origin of a tenant by its number */
  readonly more?: (origin: (number: number) => string) => readonly string[];
  /** Replaces the usual source of the password. */
  readonly password?: string;
  /** Where the file is to stand; default: a new directory. */
  readonly directory?: string;
}

export interface TestFleet {
  readonly directory: string;
  readonly file: string;
  readonly record: string;
  /** Variables with the hash that trusts the file as it is now. */
  readonly env: Record<string, string>;
  readonly tenants: readonly FleetTenantServer[];
  /** Runs `fleet COMMAND --file FILE` on a new machine, in this process. */
  run(words: readonly string[], options?: RunOptions): Promise<RunResult>;
  /** The same with --json, with a line for each tenant: `t1 set sent`, `t2 set tenant-forbidden`, `t3 same`; `?` marks a missing answer. */
  json(words: readonly string[], options?: RunOptions): Promise<JsonResult>;
  /** Replaces text in the file. */
  edit(from: string | RegExp, to: string): void;
  /** Requests that reached the tenants since the last call. */
  requests(): readonly FleetTenantServer[];
}

interface JsonResult extends RunResult {
  readonly report: FleetReport;
  readonly outcomes: readonly string[];
}

export const topic = 'com.example.lab';

const outcomeOf = ({ name, action, sent, error }: FleetReport['tenants'][number]): string =>
  [name, action, sent === null ? '?' : sent ? 'sent' : '', error?.code].filter(Boolean).join(' ');

/** An answer that refuses any request. */
export const refuse = (response: ServerResponse, status = 403): void =>
  void response.writeHead(status).end('{"success":false,"Message":"no","MessageID":"x"}');

/** A directory with a fleet file and a certificate, and the given number of tenants, until the test is finished. */
export async function startFleet(count: number, options: FleetOptions = {}): Promise<TestFleet> {
  const directory = options.directory ?? temporaryDirectory();
  copyFileSync(p12Path('01-default-aes256'), join(directory, 'app.p12'));
  const tenants: FleetTenantServer[] = [];
  const origins: string[] = [];
  const lines: string[] = [];
  for (let number = 1; number <= count; number++) {
    const tenant = newTenant(`t${number}`);
    const port = await serve(tenant, number, options);
    tenants.push(tenant);
    const origin = `${options.tls?.(number) ? 'https' : 'http'}://127.0.0.1:${port}`;
    origins.push(origin);
    const signIn =
      options.signIn?.(number) ??
      `{ client-id: ci@${tenant.name}, client-secret: { env: CI_SECRET } }`;
    lines.push(`  ${tenant.name}: { tenant: "${origin}", certificate: app, sign-in: ${signIn} }`);
  }
  lines.push(...(options.more?.((number) => origins[number - 1] ?? '') ?? []));
  const file = join(directory, 'mfa-fleet.yaml');
  writeFileSync(
    file,
    `version: 1\ncertificates:\n  app: { p12: app.p12, password: ${options.password ?? '{ env: APP_PASSWORD }'} }\ntenants:\n${lines.join('\n')}\n`,
  );
  const secrets = cleanEnvironment({
    APP_PASSWORD: 'secret',
    CI_SECRET: 'the-secret-of-the-pipeline',
  });
  const { MFA_CLI_CONFIG_DIR: _, ...others } = secrets;
  const machine = createMachine(join(directory, 'config'));
  const run: TestFleet['run'] = ([command = '', ...words], options = {}) =>
    machine.run(['fleet', command, '--file', file, ...words], {
      ...options,
      env: { ...others, ...trusting(file), ...options.env },
    });
  return {
    directory,
    file,
    record: join(directory, 'mfa-fleet.ledger.jsonl'),
    get env() {
      return { ...secrets, ...trusting(file) };
    },
    tenants,
    run,
    async json(words, options) {
      const result = await run([...words, '--json'], options);
      const report = reportOf(result.stdout);
      return { ...result, report, outcomes: report.tenants?.map(outcomeOf) ?? [] };
    },
    edit: (from, to) => writeFileSync(file, readFileSync(file, 'utf8').replace(from, to)),
    requests() {
      const busy = tenants
        .filter(({ received }) => received.length > 0)
        .map((tenant) => ({ ...tenant, received: [...tenant.received] }));
      for (const { received } of tenants) received.length = 0;
      return busy;
    },
  };
}

/** The variable that trusts the current words of a fleet file; none if they need no trust. */
export function trusting(file: string): Record<string, string> {
  try {
    const fleet = readFleet(readFileSync(file, 'utf8'), { file, directory: dirname(file) });
    return { MFA_CLI_TRUST_FLEET: trustHashOf(fleet) };
  } catch {
    return {};
  }
}

function newTenant(name: string): FleetTenantServer {
  return { name, received: [], bytes: [], holds: new Map(), sets: new Map(), most: 0 };
}

function serve(tenant: FleetTenantServer, number: number, options: FleetOptions): Promise<number> {
  const misbehaving = options.misbehaving?.(number);
  let now = 0;
  const listener = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const call = callOf(request.url ?? '');
    tenant.received.push(call);
    tenant.most = Math.max(tenant.most, ++now);
    response.once('close', () => now--);
    options.onRequest?.();
    const body = (await readBody(request)).toString();
    tenant.bytes.push(`${JSON.stringify(request.headers)} ${body}`);
    if (options.delay !== undefined)
      await new Promise((resolve) => setTimeout(resolve, options.delay));
    if (misbehaving?.(call, response, request)) return;
    response.setHeader('content-type', 'application/json');
    if (call === 'token') {
      response.end(
        JSON.stringify({
          access_token: `token-of-${tenant.name}-${'x'.repeat(30)}`,
          token_type: 'Bearer',
          expires_in: 3600,
        }),
      );
      return;
    }
    const parameters = JSON.parse(body) as Record<string, string>;
    const { ClientAppKey: key = '', APNSTopic = '' } = parameters;
    if (call === 'set') {
      tenant.holds.set(key, APNSTopic);
      tenant.sets.set(key, parameters);
    } else {
      tenant.holds.delete(key);
    }
    response.end('{"success":true,"Result":null}');
  };
  const server = options.tls?.(number)
    ? createTlsServer(pair('server'), listener)
    : createServer(listener);
  return listen(server);
}

function callOf(url: string): string {
  if (url.startsWith('/OAuth2/')) return 'token';
  return url.includes('/SetApnsCert') ? 'set' : url.includes('/DeleteApnsCert') ? 'delete' : url;
}

/** The report on a stdout. */
export function reportOf(stdout: string): FleetReport {
  return JSON.parse(stdout) as FleetReport;
}

/** The keys of the record of a fleet, as `t1 set`. */
export function recordedIn({
  record,
  file,
}: Pick<TestFleet, 'record' | 'file'>): readonly string[] {
  return recordIn(record, file).map(({ name, state }) => `${name} ${state}`);
}
