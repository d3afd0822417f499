import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BootstrapReport } from '../../../src/commands/bootstrap/report.ts';
import type { Emulator, EmulatorOptions } from '../../../src/emulator/tenants.ts';
import { resultOf, sessionOf } from '../../emulator/security-session.ts';
import { createMachine, type RunOptions, type RunResult } from '../../support/context.ts';
import { readBody, startAnswering } from '../../support/http.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { startTenant } from '../../support/tenant.ts';

/** A tenant that nobody has made ready, and a machine whose administrator has a token for it. */
export interface BareTenant {
  readonly emulator: Emulator;
  readonly machine: ReturnType<typeof createMachine>;
  readonly port: number;
  /** What the tenant holds, byte for byte. */
  state(): string;
  /** `bootstrap --json`, by the administrator's token, unless the test says otherwise. */
  bootstrap(more?: readonly string[], options?: RunOptions): Promise<Bootstrapped>;
  /** Any call of the administrator's. */
  ask(path: string, body?: unknown): Promise<unknown>;
}

interface Bootstrapped extends RunResult {
  readonly report: BootstrapReport;
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly hints: readonly string[];
  } | null;
}

export async function startBare(options: Partial<EmulatorOptions> = {}): Promise<BareTenant> {
  const stateFile = join(temporaryDirectory(), 'state.json');
  const { emulator, port } = await startTenant({ bare: true, stateFile, ...options });
  const token = await sessionOf(emulator);
  const machine = createMachine();
  return {
    emulator,
    machine,
    port,
    state: () => readFileSync(stateFile, 'utf8'),
    async bootstrap(more = ['--yes'], options = {}) {
      const argv = ['bootstrap', '--tenant', emulator.url, '--port', String(port), '--json'];
      const env = { MFA_CLI_TOKEN: token };
      const result = await machine.run([...argv, '--user', 'admin@example.com', ...more], {
        env,
        // What is lost is tried again, and nothing here gets better by waiting.
        aside: async () => {},
        ...options,
      });
      const document = JSON.parse(result.stdout) as BootstrapReport & Pick<Bootstrapped, 'error'>;
      return { ...result, report: document, error: document.error };
    },
    ask: (path, body = {}) => resultOf(emulator, token, path, body),
  };
}

/** The application as the tenant tells it. */
export async function applicationOf(
  { ask }: BareTenant,
  appId = 'mfa-cli',
): Promise<Readonly<Record<string, unknown>>> {
  const key = await ask('/SaasManage/GetAppIDByServiceName', { Name: appId });
  return (await ask('/SaasManage/GetApplication', { _RowKey: key })) as Readonly<
    Record<string, unknown>
  >;
}

export async function makeApplication(
  { ask }: BareTenant,
  document: Readonly<Record<string, unknown>>,
): Promise<string> {
  const [{ _RowKey: key }] = (await ask('/SaasManage/ImportAppFromTemplate', {
    ID: ['OAuth2ServerClient'],
  })) as [{ _RowKey: string }];
  await ask('/SaasManage/UpdateApplicationDE', { ID: key, _RowKey: key, PVID: key, ...document });
  return key;
}

/** A front for a tenant, at an address of its own. @param change what is answered in place of the tenant's answer */
export function startFront(
  url: string,
  change: (path: string, answer: string) => { status?: number; body: string } | null,
): Promise<string> {
  return startAnswering(async (request, response) => {
    const { method = '', url: path = '', headers } = request;
    const body = await readBody(request);
    const { host: _host, connection: _connection, 'content-length': _length, ...passed } = headers;
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: passed as Record<string, string>,
      redirect: 'manual',
      ...(method === 'GET' ? {} : { body: new Uint8Array(body) }),
    });
    const text = await answer.text();
    const changed = change(path, text);
    const location = answer.headers.get('location');
    response.writeHead(changed?.status ?? answer.status, location === null ? {} : { location });
    response.end(changed?.body ?? text);
  });
}

/** `bootstrap` on another's application that somebody changes between its plan and its deed. */
export async function changeMeanwhile() {
  const tenant = await startBare();
  const OAuthProfile = { TargetIsUs: true, ClientIDType: 0, AllowedClients: ['grace'] };
  await makeApplication(tenant, { Name: 'Pushing', ServiceName: 'mfa-cli', OAuthProfile });
  const before = tenant.state();
  const front = await changingFront(tenant);
  return { tenant, before, refused: await tenant.bootstrap(['--yes', '--tenant', front]) };
}

/** A front at which the application is changed between the first look at it and the second. */
function changingFront(
  { emulator }: BareTenant,
  [before, now]: readonly [string, string] = ['"grace"', '"grace","heidi"'],
): Promise<string> {
  let reads = 0;
  return startFront(emulator.url, (path, body) => {
    if (path !== '/SaasManage/GetApplication' || ++reads !== 2) return null;
    return { body: body.replace(before, now) };
  });
}

/** A tenant that bootstrap has made ready in an application of others, which is changed while bootstrap takes back what it added. */
export async function changeWhileTakingBack() {
  const { tenant } = await changeMeanwhile();
  await tenant.bootstrap(['--yes']);
  const before = tenant.state();
  const argv = ['--remove', '--yes', '--tenant', await changingFront(tenant)];
  return { tenant, before, refused: await tenant.bootstrap(argv) };
}

/** A tenant whose application of bootstrap's own is changed between the plan of its removal and the deed. */
export async function changeWhileRemoving() {
  const tenant = await startBare();
  await tenant.bootstrap(['--yes']);
  const before = tenant.state();
  const front = await changingFront(tenant, ['"Description":"', '"Description":"Kept. ']);
  return {
    tenant,
    before,
    refused: await tenant.bootstrap(['--remove', '--yes', '--tenant', front]),
  };
}
