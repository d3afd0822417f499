import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { expect, onTestFinished } from 'vitest';
import { freePort } from '../../scripts/free-port.mjs';
import type { EmulatorOptions } from '../../src/emulator/tenants.ts';
import { type ApnsPlay, serverCa, startApns } from '../support/apns.ts';
import { applePath } from '../support/apple-fixtures.ts';
import type { RunOptions } from '../support/context.ts';
import { callApi, openEmulator, serviceToken } from '../support/emulator.ts';
import { p12Bytes, p12Path, secretPassword } from '../support/fixtures.ts';
import { patience } from '../support/patience.ts';
import { settingsOf, signIn } from '../support/tenant.ts';

/** A tenant, and a machine that is signed in there. */
export type World = Awaited<ReturnType<typeof openWorld>>;

/**
 * A command line, as `VARIABLE=value set %good < 'text' @2027-11-30 ? + | key => sent code`: of `mfa-cli apns`, or after `.` of
 * `mfa-cli`; `%` is a .p12 of test/fixtures/p12, also as the text of standard input, `@` a file of test/fixtures/apple; at noon of the day; in a terminal with the answers, `+` and `-`
 * for yes and no; of its JSON these members; after `…` of its report the first line. Or another's deed: `TENANT set KEY TOPIC`,
 * `TENANT delete KEY`, `TENANT holds`. Or `FILES`, in the directory of the world. Or a function, which may return what to show.
 */
export type Step = string | ((world: World) => unknown);

/** For a test of many stories on a busy machine: the other tests are shorter. */
export const unhurried = { timeout: 400_000 * patience };

/** By a sentence, the steps in a world of its own. */
export type Stories = Readonly<Record<string, readonly Step[]>>;

export async function openWorld(options: Partial<EmulatorOptions> = {}) {
  const port = await freePort();
  const emulator = await openTenant({
    redirectUris: [`http://127.0.0.1:${port}/callback`],
    ...options,
  });
  const { machine } = await signIn(emulator);
  return {
    emulator,
    port,
    machine,
    /** The variables of every command. */
    env: { ...secretPassword } as Readonly<Record<string, string>>,
    /** What stands in a line for other words, or in a word for another. */
    words: { $URL: [emulator.url], '%good': [p12Path('01-default-aes256')] } as Record<
      string,
      readonly string[]
    >,
    /** What others were asked so far, a line each. */
    asked: [() => emulator.requests.map(({ path }) => `> ${path}`)],
    directory: null as string | null,
    /** The files of the directory when they were listed last, by their digests. */
    files: new Map<string, string>(),
  };
}

async function openTenant(options: Partial<EmulatorOptions> = {}) {
  const emulator = await openEmulator({ accessTokenSeconds: 18_000, ...options });
  onTestFinished(() => emulator.close());
  return emulator;
}

export const signedInAs = (profile: string) => async (world: World) =>
  signIn(world.emulator, world.machine, profile);

/** From here on the lines run on a machine that is signed in there, and has no record. */
export const anotherMachine = async (world: World) => {
  world.machine = (await signIn(world.emulator)).machine;
};

/** A second tenant, `$URL1`, at which the machine is signed in as that profile. */
export const anotherTenant = (profile: string) => async (world: World) => {
  const emulator = await openTenant();
  world.words.$URL1 = [emulator.url];
  world.asked.push(() => emulator.requests.map(({ path }) => `>> ${path}`));
  await signIn(emulator, world.machine, profile);
};

/** From here on there is an APNs that answers so. */
export const apns = (answer: ApnsPlay) => async (world: World) => {
  const { host, received } = await startApns([answer]);
  world.env = { ...world.env, MFA_CLI_APNS_HOST: host, MFA_CLI_CA_FILE: serverCa };
  world.asked.push(() => received.map(({ headers }) => `> APNs, about ${headers['apns-topic']}`));
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

/** Plays the stories, and gives what others were asked, and people shown. */
export async function play(stories: Stories, options?: Partial<EmulatorOptions>): Promise<string> {
  const told: string[] = [];
  for (const [name, steps] of Object.entries(stories)) {
    const world = await openWorld(options);
    const story: string[] = [`## ${name}`];
    for (const step of steps)
      if (typeof step !== 'string') {
        const shown = await step(world);
        if (typeof shown === 'string') story.push(`$ ${shown}`);
      } else if (step === 'FILES') story.push('$ FILES', ...filesOf(world));
      else if (step.startsWith('TENANT '))
        story.push(`$ ${step}`, ...(await playTenant(step, world)));
      else story.push(`$ ${step}`, ...(await playLine(step, world)));
    told.push(`${masked(story.join('\n'))}\n`);
  }
  return told.join('\n');
}

/** What another administrator does and sees. */
async function playTenant(
  step: string,
  { emulator, directory }: World,
): Promise<readonly string[]> {
  const [, deed = '', ClientAppKey = '', APNSTopic = 'com.example.lab'] = step.split(' ');
  if (deed === 'holds')
    return Object.entries(await settingsOf(emulator)).map(([name, value]) =>
      name.endsWith('_APNSCert')
        ? `${name}: ${nameOf(Buffer.from(value, 'base64'), directory)}`
        : `${name}: ${value}`,
    );
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

const fixtures = p12Path('x').slice(0, -'x.p12'.length);

/** The .p12 of the directory or of the fixtures with these bytes. */
function nameOf(bytes: Buffer, directory: string | null): string {
  for (const folder of [...(directory === null ? [] : [directory]), fixtures])
    for (const file of readdirSync(folder))
      if (file.endsWith('.p12') && readFileSync(join(folder, file)).equals(bytes))
        return join(folder, file);
  return expect.fail('it is no .p12 of ours');
}

/** What is in the directory: `+` new, `~` changed, `=` the same and `-` gone since the list before. */
function filesOf(world: World): readonly string[] {
  const { directory, files: before } = world;
  const there = directory === null || !existsSync(directory) ? [] : readdirSync(directory).sort();
  const digest = (file: string) =>
    createHash('sha256')
      .update(readFileSync(join(directory ?? '', file)))
      .digest('hex');
  const now = new Map(there.map((file) => [file, digest(file)]));
  world.files = now;
  const gone = [...before.keys()].filter((file) => !now.has(file)).map((file) => `- ${file}`);
  const mark = (file: string, hash: string) =>
    !before.has(file) ? '+' : before.get(file) === hash ? '=' : '~';
  return [...[...now].map(([file, hash]) => `${mark(file, hash)} ${file}`), ...gone];
}

/** Exit code, what others were asked, questions, stderr and stdout. */
async function playLine(
  step: string,
  { asked, machine, env, words }: World,
): Promise<readonly string[]> {
  const [head = '', keys] = step.split(' => ');
  const form = /^(.*?)(?: < '(.*)')?(?: @(\d\S+))?(?: \?(.*?))?( …)?$/s;
  const [, line = '', stdin, day, answers, isShort] = form.exec(head) ?? [];
  const named = (word: string) => word.replace(/\$\w+/, (name) => words[name]?.[0] ?? name);
  const all = (line.match(/(?:'[^']*'|[^' ])+/g) ?? [])
    .map((word) => word.replaceAll("'", ''))
    .map(named)
    .flatMap((word) => words[word] ?? [word.replace(/^%(.+)/, (_, name) => p12Path(name))])
    .map((word) => word.replace(/^@(.+)/, (_, name) => applePath(name)));
  const variables = all
    .filter((word) => /^[A-Z\d_]+=/.test(word))
    .map((word) => word.split(/=(.*)/s));
  const [first = '', ...others] = all.slice(variables.length);
  const options: RunOptions = {
    env: { ...env, ...Object.fromEntries(variables), TERM: 'dumb' },
    aside: async () => {},
    ...(stdin === undefined
      ? {}
      : { stdin: stdin.startsWith('%') ? p12Bytes(stdin.slice(1)) : named(stdin) }),
    ...(day === undefined ? {} : { now: new Date(`${day}T12:00:00Z`) }),
    ...(answers === undefined
      ? {}
      : { answers: answersOf(named(answers)), terminalOutput: keys === undefined }),
  };
  const json = keys === undefined ? [] : ['--json'];
  const before = asked.map((lines) => lines().length);
  const result = await machine.run(
    [...(first === '.' ? [] : ['apns', first]), ...others, ...json],
    options,
  );
  const seen = (text: string) =>
    linesOf(answers === undefined ? text : stripVTControlCharacters(text));
  const shown =
    keys === undefined ? seen(result.stdout) : picked(JSON.parse(result.stdout), keys.split(' '));
  return [
    `[${result.exitCode}]`,
    ...asked.flatMap((lines, index) => inOrder(lines().slice(before[index]))),
    ...result.questions.map((each) => `? ${each}`),
    ...seen(result.stderr).map((each) => `| ${each}`.trimEnd()),
    ...shown.slice(0, isShort === undefined ? Number.POSITIVE_INFINITY : 1),
  ];
}
/** What changes something in its order, and before each what is only read, at the same time. */
function inOrder(requests: readonly string[]): readonly string[] {
  const at = requests.findIndex((request) => request.includes('/Mobile/'));
  const read = [...new Set(at < 0 ? requests : requests.slice(0, at))].sort();
  return at < 0 ? read : [...read, requests[at] ?? '', ...inOrder(requests.slice(at + 1))];
}

const linesOf = (text: string): readonly string[] =>
  text === '' ? [] : text.replace(/\n$/, '').split('\n');

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
    .replaceAll(fixtures, '%')
    .replaceAll(applePath(''), '@')
    .replaceAll(/\/\S*?\/mfa-cli-\w+/g, '…');
}
