import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { expect, onTestFinished } from 'vitest';
import { freePort } from '../../../scripts/free-port.mjs';
import type { Assumptions } from '../../../src/emulator/assumptions.ts';
import type { EmulatorOptions } from '../../../src/emulator/tenants.ts';
import type { RunOptions } from '../../support/context.ts';
import { callApi, openEmulator, serviceToken } from '../../support/emulator.ts';
import { p12Bytes, p12Path, secretPassword } from '../../support/fixtures.ts';
import { settingsOf, signIn } from '../../support/tenant.ts';

/** Tenants, a machine that is signed in at the first, and the variables of every command. */
export type World = Awaited<ReturnType<typeof openWorld>>;

/**
 * A command line, as `VARIABLE=value set %good @2027-11-30 ? + | key => sent code`: of `mfa-cli apns`, or after `.` of `mfa-cli`;
 * `%` is a .p12 of test/fixtures/p12; at noon of the day; at a terminal with the answers, `+` and `-` for yes and no; of its JSON
 * these members; after `…` of its report the first line. Or another's deed: `TENANT set KEY TOPIC`, `TENANT delete KEY`,
 * `TENANT holds`. Or a function.
 */
type Step = string | ((world: World) => unknown);

/** By a sentence, the steps in a world of its own. */
export type Stories = Readonly<Record<string, readonly Step[]>>;

export async function openWorld(assumptions: Partial<Assumptions> = {}) {
  const port = await freePort();
  const emulator = await openTenant({ assumptions, redirectUris: [`http://127.0.0.1:${port}/callback`] });
  const { machine } = await signIn(emulator);
  return {
    emulators: [emulator],
    emulator,
    port,
    machine,
    env: { ...secretPassword } as Record<string, string>,
  };
}

async function openTenant(options: Partial<EmulatorOptions> = {}) {
  const emulator = await openEmulator({ accessTokenSeconds: 18_000, ...options });
  onTestFinished(() => emulator.close());
  return emulator;
}

/** The machine is signed in as that profile; or a machine without a record. */
export const signedInAs = (profile: string) => async (world: World) =>
  signIn(world.emulator, world.machine, profile);
export const anotherMachine = async (world: World) => {
  world.machine = (await signIn(world.emulator)).machine;
};

/** From here on another tenant is asked as well, at which the machine is signed in as that profile; `$URL1` is its address. */
export const anotherTenant = (profile: string) => async (world: World) => {
  const emulator = await openTenant();
  world.emulators.push(emulator);
  await signIn(emulator, world.machine, profile);
};

/** Changes what the machine has on record. */
export const changeProfile =
  // biome-ignore lint/suspicious/noExplicitAny: a file of any version
    (change: (profile: any) => unknown) =>
    ({ machine }: Pick<World, 'machine'>) => {
      const path = join(machine.directory, 'config.json');
      const file = JSON.parse(readFileSync(path, 'utf8'));
      change(file.profiles[file.current]);
      writeFileSync(path, JSON.stringify(file), { mode: 0o600 });
    };

/** Plays the stories, and gives what was asked of the tenant and shown to people. */
export async function play(stories: Stories, assumptions?: Partial<Assumptions>): Promise<string> {
  const told: string[] = [];
  for (const [name, steps] of Object.entries(stories)) {
    const world = await openWorld(assumptions);
    const story: string[] = [`## ${name}`];
    for (const step of steps)
      if (typeof step !== 'string') await step(world);
      else if (step.startsWith('TENANT ')) story.push(`$ ${step}`, ...(await playTenant(step, world)));
      else story.push(`$ ${step}`, ...(await playLine(step, world)));
    told.push(`${masked(story.join('\n'))}\n`);
  }
  return told.join('\n');
}

/** What another administrator does and sees. */
async function playTenant(step: string, { emulator }: World): Promise<readonly string[]> {
  const [, deed = '', ClientAppKey = '', APNSTopic = 'com.example.lab'] = step.split(' ');
  if (deed === 'holds') return holdings(await settingsOf(emulator));
  const isSet = deed === 'set';
  const APNSCert = p12Bytes('01-default-aes256').toString('base64');
  const { body } = await callApi(
    emulator,
    `/Mobile/${isSet ? 'Set' : 'Delete'}ApnsCertForClientApp`,
    await serviceToken(emulator),
    { ClientAppKey, ...(isSet ? { APNSCert, APNSPass: 'secret', APNSTopic } : {}) },
  );
  expect(body.success).toBe(true);
  return [];
}

function holdings(settings: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(settings).map(([name, value]) =>
    name.endsWith('_APNSCert') ? `${name}: ${fixtureOf(Buffer.from(value, 'base64'))}` : `${name}: ${value}`,
  );
}

/** The .p12 that these bytes are the start of. */
function fixtureOf(bytes: Buffer): string {
  const folder = p12Path('x').slice(0, -'x.p12'.length);
  const isThis = (file: string): boolean => {
    const whole = readFileSync(join(folder, file));
    return file.endsWith('.p12') && whole.subarray(0, bytes.length).equals(bytes);
  };
  const file = readdirSync(folder).find(isThis) ?? expect.fail('no .p12 of ours');
  const cut = readFileSync(join(folder, file)).length - bytes.length;
  return cut === 0 ? `%${file}` : `%${file} but for its last ${cut} bytes`;
}

/** Exit code, requests to the tenants, questions, stderr and stdout. */
async function playLine(step: string, { emulators, machine, env }: World): Promise<readonly string[]> {
  const [head = '', keys] = step.split(' => ');
  const [, line = '', day, answers, isShort] = /^(.*?)(?: @(\S+))?(?: \?(.*?))?( …)?$/s.exec(head) ?? [];
  const words = (line.match(/(?:'[^']*'|[^' ])+/g) ?? []).map((word) =>
    word
      .replaceAll("'", '')
      .replace(/^%good$/, '%01-default-aes256')
      .replace(/^%(.+)/, (_, name) => p12Path(name))
      .replace(/\$URL(\d?)/, (_, number) => emulators[Number(number)]?.url ?? expect.unreachable()),
  );
  const variables = words.filter((word) => /^[A-Z\d_]+=/.test(word)).map((word) => word.split(/=(.*)/s));
  const [first = '', ...others] = words.slice(variables.length);
  const options: RunOptions = {
    env: { ...env, ...Object.fromEntries(variables), TERM: 'dumb' },
    ...(day === undefined ? {} : { now: new Date(`${day}T12:00:00Z`) }),
    ...(answers === undefined ? {} : { answers: answersOf(answers), terminalOutput: keys === undefined }),
  };
  const json = keys === undefined ? [] : ['--json'];
  const before = emulators.map(({ requests }) => requests.length);
  const result = await machine.run([...(first === '.' ? [] : ['apns', first]), ...others, ...json], options);
  const seen = (text: string) => linesOf(answers === undefined ? text : stripVTControlCharacters(text));
  const shown = keys === undefined ? seen(result.stdout) : picked(JSON.parse(result.stdout), keys.split(' '));
  return [
    `[${result.exitCode}]`,
    ...emulators.flatMap(({ requests }, index) =>
      inOrder(requests.slice(before[index])).map((path) => `${'>'.repeat(index + 1)} ${path}`),
    ),
    ...result.questions.map((each) => `? ${each}`),
    ...seen(result.stderr).map((each) => `| ${each}`.trimEnd()),
    ...shown.slice(0, isShort === undefined ? Number.POSITIVE_INFINITY : 1),
  ];
}

/** The requests that change something in their order, and what is read before each, which is read at the same time. */
function inOrder(requests: readonly { readonly path: string }[]): readonly string[] {
  const told: string[] = [];
  let reads = new Set<string>();
  for (const { path } of [...requests, { path: '/Mobile/' }]) {
    if (!path.startsWith('/Mobile/')) reads.add(path);
    else {
      told.push(...[...reads].sort(), path);
      reads = new Set();
    }
  }
  return told.slice(0, -1);
}

const linesOf = (text: string): readonly string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'));

const answersOf = (text: string) =>
  text
    .split('|')
    .map((word) => word.trim())
    .filter((word) => word !== '')
    .map((word) => (word === '+' ? true : word === '-' ? false : word.replaceAll("'", '')));

/** Each object of a document that has one of the members, with those that it has. */
function picked(value: unknown, keys: readonly string[]): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = Object.entries(value).filter(([key]) => keys.includes(key));
  const shown = own.map(([key, each]) => `${key}: ${JSON.stringify(each)}`).join(', ');
  const inner = Object.entries(value).filter(([key]) => !keys.includes(key));
  return [...(own.length === 0 ? [] : [shown]), ...inner.flatMap(([, each]) => picked(each, keys))];
}

/** Ports, as letters of the same length in their order, identifiers, folders of this machine, and a finding of all fixtures. */
function masked(text: string): string {
  const ports = new Map<string, string>();
  const letters = (port: string): string => {
    const known = ports.get(port) ?? String.fromCharCode(65 + ports.size).repeat(port.length);
    ports.set(port, known);
    return known;
  };
  return text
    .replaceAll(/(?<=127\.0\.0\.1:)\d{4,5}/g, letters)
    .replaceAll(/[\da-f-]{36}:[\da-f]{32}/g, 'ID')
    .replaceAll(/^(.*)! The issuer is not .*(\[issuer-not-apple\])\n.*$/gm, '$1! $2')
    .replaceAll('\r', '␍')
    .replaceAll('\u001b', '␛')
    .replaceAll(p12Path('x').slice(0, -'x.p12'.length), '%')
    .replaceAll(/\/\S*?\/mfa-cli-\w+(?=\/)/g, '…');
}
