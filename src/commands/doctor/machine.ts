import { openLoopbackRedirect } from '../../auth/loopback-redirect.ts';
import type { Environment } from '../../context.ts';
import { isRemote } from '../../programs/browser.ts';
import { findProgram, isProgram } from '../../programs/launch.ts';
import type { Settings } from '../../settings/settings.ts';
import { unknownVariables } from '../../settings/table.ts';
import { variable } from '../../settings/variable.ts';
import { type Check, failure, ok, orFailure, warning } from './check.ts';
import { proxyHint } from './hints.ts';

/** The versions of Node.js that the program is tested on. */
const oldestNode = [20, 20] as const;
const newestNode = 26;

/** @param version as `process.versions.node` has it */
export function checkNode(version: string): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const hint = 'Install Node.js 20.20 or later, up to 26.';
  if (major < oldestNode[0] || (major === oldestNode[0] && minor < oldestNode[1]))
    return failure('node-version', `Node.js ${version} is too old.`, hint);
  return major > newestNode
    ? warning('node-version', `Node.js ${version} is newer than what mfa-cli is tested on.`, hint)
    : ok('node-version', `Node.js ${version}.`);
}

/** The single executable brings its runtime along. */
export function checkBun(version: string): Check {
  return ok('bun-version', `Bun ${version}, which is part of this executable.`);
}

/** Whether each variable that looks like one of ours is one. */
export function checkVariables(env: Environment): Check {
  const unknown = unknownVariables(env).map((words) => (words.endsWith('?') ? words : `${words}.`));
  return unknown.length === 0
    ? ok('variables', 'Every MFA_CLI_ variable that is set is known.')
    : warning('variables', unknown.join(' '), '`mfa-cli help environment` lists the variables.');
}

/** Whether `login` can listen for the browser. */
export function checkPort({ port }: Settings): Promise<Check> {
  const hint =
    'End what listens there, or choose another with --port N or MFA_CLI_PORT and register its redirect URI.';
  return orFailure('loopback-port', hint, async () => {
    const redirect = await openLoopbackRedirect(port(), 'doctor');
    redirect.close();
    return ok('loopback-port', `The loopback redirect ${redirect.redirectUri} is free.`);
  });
}

/** Whether `login` can open a browser here. */
export function checkBrowser(env: Environment): Check {
  if (variable(env, 'BROWSER') !== undefined)
    return ok('browser', 'The browser is opened with the command in BROWSER.');
  const hint =
    '`login` prints the address: open it anywhere, and paste the address that the browser ended on.';
  if (isRemote(env)) return warning('browser', 'There is no screen here that a browser can open on.', hint);
  if (
    process.platform === 'linux' &&
    findProgram('xdg-open', env, { platform: process.platform, isProgram }) === null
  )
    return warning('browser', 'xdg-open, which opens the browser, is not installed.', hint);
  return ok('browser', "The system's own opener opens the browser.");
}

/** The proxy on the way to the tenant, by its host and port only: it may bear a password. */
export async function checkProxy(tenant: string | null, env: Environment): Promise<Check> {
  const { portOf, proxiesOf, proxyFor } = await import('../../network/proxy.ts');
  const proxies = proxiesOf(env);
  return orFailure('proxy', proxyHint, () => {
    const proxy = proxyFor(new URL(tenant ?? 'https://tenant.invalid'), proxies);
    if (proxy !== null)
      return ok('proxy', `Requests go through the proxy ${proxy.hostname}:${portOf(proxy)}.`);
    return ok(
      'proxy',
      proxies.https === null && proxies.http === null
        ? 'No proxy is set.'
        : 'A proxy is set, and the tenant is reached directly.',
    );
  });
}
