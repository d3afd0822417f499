import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { settingsOf } from '../tenant.ts';
import { administrationAssertions } from './administration-steps.ts';
import { fleetAssertions } from './fleet-assertions.ts';
import { includes, partAt, readValue } from './json-path.ts';
import { expanded, filesOf, shown } from './run-command.ts';
import { type AssertionVerb, expectThat, type Given } from './verbs.ts';
import { type Ended, tenantOf, type World } from './world.ts';

type Stream = 'stdout' | 'stderr';

/** The end of the last command. @throws where none was run */
function endOf({ ended }: World): Ended {
  if (ended === null) throw new Error('no command has been run yet');
  return ended;
}

const textOf = (world: World, stream: string): string =>
  shown(endOf(world)[stream as Stream], world);

/** Blanks count as one, so that the columns of a table may move. */
const oneBlank = (text: string): string => text.replaceAll(/[ \t]+/g, ' ').trim();

const linesOf = (text: string): readonly string[] => text.split('\n').map(oneBlank);

const quoted = (text: string): string => (text === '' ? 'nothing' : `\n${text}`);

/** The document of the last command, or of a file; of JSON Lines the list of them. */
function documentOf(world: World, file: string | undefined): unknown {
  if (file !== undefined) {
    const text = shown(readFileSync(pathOf(world, file), 'utf8'), world);
    if (!file.endsWith('.jsonl')) return JSON.parse(text);
    const lines = text.split('\n').filter((line) => line !== '');
    return lines.map((line) => JSON.parse(line));
  }
  const { stdout } = endOf(world);
  try {
    return JSON.parse(shown(stdout, world));
  } catch {
    throw new Error('stdout is no document: does the command line say --json?');
  }
}

/** Calls of a tenant that change nothing there. */
const reading =
  /\/(WhoAmI|GetTenantConfig|GetAdvancedConfig|query|openid-configuration|Version|Token|PlatformToken|Authorize|StartAuthentication|GetDirectoryServices|DirectoryServiceQuery|GetApplication|GetAppIDByServiceName|GetRowAces|GetRoleMembers)\b|^t\d+ (token|ask)\b|\bask/i;

const changing = (requests: readonly string[]): readonly string[] =>
  requests.filter((request) => !reading.test(request));

/** A value of a document, as it would be written in a story. */
const written = (value: unknown): string =>
  value === undefined ? 'absent' : JSON.stringify(value);

const streams: readonly AssertionVerb[] = [
  {
    form: 'exit N',
    pattern: /^exit (?<code>\d+)$/,
    assert: (world, { code }) => {
      const { exitCode } = endOf(world);
      expectThat(exitCode === Number(code), `exit ${code}`, `exit ${exitCode}`);
    },
  },
  {
    form: 'stdout has TEXT',
    pattern: /^(?<stream>stdout|stderr) has (?<text>.+)$/,
    assert: (world, { stream = '', text = '' }) => {
      const seen = textOf(world, stream);
      const holds = linesOf(seen).some((line) => line.includes(oneBlank(text)));
      expectThat(holds, `${stream} has ${text}`, quoted(seen));
    },
  },
  {
    form: 'stderr lacks TEXT',
    pattern: /^(?<stream>stdout|stderr) lacks (?<text>.+)$/,
    assert: (world, { stream = '', text = '' }) => {
      const seen = textOf(world, stream);
      const holds = !linesOf(seen).some((line) => line.includes(oneBlank(text)));
      expectThat(holds, `${stream} lacks ${text}`, quoted(seen));
    },
  },
  {
    form: 'stdout says TEXT N times',
    pattern: /^(?<stream>stdout|stderr) says (?<text>.+) (?<times>\d+) times?$/,
    assert: (world, { stream = '', text = '', times }) => {
      const seen = textOf(world, stream);
      const count = oneBlank(seen).split(oneBlank(text)).length - 1;
      expectThat(
        count === Number(times),
        `${text}, ${times} times`,
        `${count} times${quoted(seen)}`,
      );
    },
  },
  {
    form: 'stderr is empty',
    pattern: /^(?<stream>stdout|stderr) is empty$/,
    assert: (world, { stream = '' }) => {
      const seen = textOf(world, stream);
      expectThat(seen === '', `an empty ${stream}`, quoted(seen));
    },
  },
  {
    form: 'whole [stderr] <<',
    pattern: /^whole(?: (?<stream>stdout|stderr))?$/,
    assert: (world, { stream = 'stdout' }, { body }) => {
      const seen = textOf(world, stream);
      expectThat(seen === (body ?? ''), `the whole ${stream}\n${body ?? ''}`, quoted(seen));
    },
  },
];

const documents: readonly AssertionVerb[] = [
  {
    form: 'json PATH is VALUE',
    pattern: /^(?:file (?<file>\S+) )?json (?<path>\S+) is (?<value>.+)$/,
    assert: (world, { file, path = '', value = '' }) => {
      const seen = partAt(documentOf(world, file), path);
      const holds =
        value === 'absent' ? seen === undefined : isDeepStrictEqual(seen, readValue(value));
      expectThat(holds, `${path} is ${value}`, written(seen));
    },
  },
  {
    form: 'json PATH are VALUE',
    pattern: /^(?:file (?<file>\S+) )?json (?<path>\S+) are (?<value>.+)$/,
    assert: (world, { file, path = '', value = '' }) => {
      const seen = partAt(documentOf(world, file), path);
      const expected = readValue(value);
      const holds =
        Array.isArray(seen) &&
        seen.length > 0 &&
        seen.every((element) => isDeepStrictEqual(element, expected));
      expectThat(holds, `${path} are ${value}, each`, written(seen));
    },
  },
  {
    form: 'json PATH has VALUE',
    pattern: /^(?:file (?<file>\S+) )?json (?<path>\S+) (?<verb>has|lacks) (?<value>.+)$/,
    assert: (world, { file, path = '', verb, value = '' }) => {
      const seen = partAt(documentOf(world, file), path);
      // A misspelt path lacks everything.
      expectThat(seen !== undefined, `something at ${path}`, 'nothing');
      const holds = includes(seen, readValue(value)) === (verb === 'has');
      expectThat(holds, `${path} ${verb} ${value}`, written(seen));
    },
  },
  {
    form: 'json PATH matches /PATTERN/',
    pattern: /^(?:file (?<file>\S+) )?json (?<path>\S+) matches \/(?<expression>.+)\/$/,
    assert: (world, { file, path = '', expression = '' }) => {
      const seen = partAt(documentOf(world, file), path);
      const holds = new RegExp(expression).test(String(seen));
      expectThat(holds, `${path} matches ${expression}`, written(seen));
    },
  },
];

const people: readonly AssertionVerb[] = [
  {
    form: 'asked TEXT',
    pattern: /^asked (?<text>.+)$/,
    assert: (world, { text = '' }) => {
      const questions = endOf(world).questions.map((question) => shown(question, world));
      const holds = questions.some((question) => question.includes(text));
      expectThat(holds, `a question: ${text}`, quoted(questions.join('\n')));
    },
  },
  {
    form: 'nothing asked',
    pattern: /^nothing asked$/,
    assert: (world) => {
      const { questions } = endOf(world);
      expectThat(questions.length === 0, 'no question', quoted(questions.join('\n')));
    },
  },
];

const requests: readonly AssertionVerb[] = [
  {
    form: 'sent REQUEST [N times]',
    pattern: /^sent (?!in order )(?<text>.+?)(?: (?<times>\d+) times?)?$/,
    assert: (world, { text = '', times }) => {
      const seen = endOf(world).requests.map((request) => shown(request, world));
      const count = seen.filter((request) => oneBlank(request).includes(oneBlank(text))).length;
      const holds = times === undefined ? count > 0 : count === Number(times);
      expectThat(holds, `sent ${text}${times ? ` ${times} times` : ''}`, quoted(seen.join('\n')));
    },
  },
  {
    form: 'sent in order REQUEST, REQUEST …',
    pattern: /^sent in order (?<list>.+)$/,
    assert: (world, { list = '' }) => {
      const seen = changing(endOf(world).requests).map((request) => shown(request, world));
      const expected = list.split(',').map(oneBlank);
      const holds =
        seen.length === expected.length &&
        expected.every((text, index) => seen[index]?.includes(text));
      expectThat(holds, `these and no others, in order: ${list}`, quoted(seen.join('\n')));
    },
  },
  {
    form: 'nothing sent',
    pattern: /^nothing sent$/,
    assert: (world) => {
      const seen = changing(endOf(world).requests);
      expectThat(seen.length === 0, 'no request that changes something', quoted(seen.join('\n')));
    },
  },
  {
    form: 'nobody asked',
    pattern: /^nobody asked$/,
    assert: (world) => {
      const seen = endOf(world).requests;
      expectThat(seen.length === 0, 'no request at all', quoted(seen.join('\n')));
    },
  },
];

/** What the tenant holds for a key: the file by its fixture or path, the password and the topic. */
async function heldBy(world: World, number: string | undefined) {
  const { emulator, isOpen } = tenantOf(world, number);
  if (!isOpen) throw new Error('this tenant does not show what it holds: advanced-config');
  const settings = await settingsOf(emulator);
  const keys = Object.keys(settings).flatMap((name) => /^(.*)_APNSCert$/.exec(name)?.[1] ?? []);
  return { settings, keys, latest: settings['Mobile.IosCustomApp.ClientAppKey'] };
}

/** A key, which may be in JSON's quotes. */
const keyOf = (text: string): string => (text.startsWith('"') ? JSON.parse(text) : text);

const tenants: readonly AssertionVerb[] = [
  {
    form: 'tenant [N] holds KEY: file FILE, topic TOPIC, password TEXT',
    pattern: /^tenant(?: (?<number>\d+))? holds (?<key>[^:]+)(?:: (?<parts>.+))?$/,
    assert: async (world, { number, key: word = '', parts = '' }) => {
      const { settings, keys } = await heldBy(world, number);
      const key = keyOf(word);
      if (word === 'nothing') {
        expectThat(keys.length === 0, 'a tenant that holds nothing', keys.join(', '));
        return;
      }
      expectThat(keys.includes(key), `a certificate for ${key}`, keys.join(', ') || 'nothing');
      const facts: Given = {
        topic: settings[`${key}_APNSTopic`],
        password: settings[`${key}_APNSPass`],
      };
      for (const [, name = '', value = ''] of parts.matchAll(
        /(file|topic|password) ("(?:\\.|[^"\\])*"|[^,]+)/g,
      )) {
        if (name === 'file') {
          const bytes = readFileSync(resolve(world.directory, expanded(value, world)));
          const isSame = settings[`${key}_APNSCert`] === bytes.toString('base64');
          expectThat(isSame, `exactly the bytes of ${value}`, 'other bytes');
        } else {
          const expected = value.startsWith('"') ? JSON.parse(value) : value;
          expectThat(facts[name] === expected, `${name} ${expected}`, String(facts[name]));
        }
      }
    },
  },
  {
    form: 'tenant [N] lacks KEY',
    pattern: /^tenant(?: (?<number>\d+))? lacks (?<key>.+)$/,
    assert: async (world, { number, key = '' }) => {
      const { keys } = await heldBy(world, number);
      expectThat(!keys.includes(keyOf(key)), `no certificate for ${key}`, keys.join(', '));
    },
  },
  {
    form: 'tenant [N] pushes to KEY',
    pattern: /^tenant(?: (?<number>\d+))? pushes to (?<key>.+)$/,
    assert: async (world, { number, key = '' }) => {
      const { latest } = await heldBy(world, number);
      expectThat(latest === keyOf(key), `the latest key is ${key}`, String(latest));
    },
  },
];

const pathOf = (world: World, file: string): string =>
  resolve(world.directory, expanded(file, world));

const files: readonly AssertionVerb[] = [
  {
    form: 'file FILE mode MODE',
    pattern: /^file (?<file>\S+) mode (?<mode>0[0-7]{3})$/,
    assert: (world, { file = '', mode = '' }) => {
      const bits = (statSync(pathOf(world, file)).mode & 0o777).toString(8).padStart(4, '0');
      expectThat(bits === mode, `mode ${mode}`, `mode ${bits}`);
    },
  },
  {
    form: 'file FILE has TEXT',
    pattern: /^file (?<file>\S+) (?<verb>has|lacks) (?<text>.+)$/,
    assert: (world, { file = '', verb, text = '' }) => {
      const seen = readFileSync(pathOf(world, file), 'utf8');
      expectThat(seen.includes(text) === (verb === 'has'), `${file} ${verb} ${text}`, quoted(seen));
    },
  },
  {
    form: 'file FILE is FILE',
    pattern: /^file (?<file>\S+) is (?!unchanged$)(?<other>\S+)$/,
    assert: (world, { file = '', other = '' }) => {
      const isSame = readFileSync(pathOf(world, file)).equals(readFileSync(pathOf(world, other)));
      expectThat(isSame, `exactly the bytes of ${other}`, 'other bytes');
    },
  },
  {
    form: 'file FILE is unchanged',
    pattern: /^file (?<file>\S+) is unchanged$/,
    assert: (world, { file = '' }) => {
      const path = pathOf(world, file);
      const now = filesOf(world).get(path);
      const holds = now !== undefined && now === world.before.get(path);
      expectThat(holds, `${file} as before the command`, now === undefined ? 'no file' : 'changed');
    },
  },
  {
    form: 'no file FILE',
    pattern: /^no file (?<file>\S+)$/,
    assert: (world, { file = '' }) => {
      expectThat(!existsSync(pathOf(world, file)), `no ${file}`, 'it is there');
    },
  },
  {
    form: 'files FILE, FILE …',
    pattern: /^files (?<list>.+)$/,
    assert: (world, { list = '' }) => {
      const entries = readdirSync(world.directory, { recursive: true, withFileTypes: true });
      const seen = entries
        .filter((entry) => !entry.isDirectory())
        .map(({ parentPath, name }) => relative(world.directory, join(parentPath, name)))
        .sort();
      const expected = list === 'none' ? [] : list.split(', ').sort();
      expectThat(isDeepStrictEqual(seen, expected), `these files: ${list}`, seen.join(', '));
    },
  },
];

export const assertionVerbs: readonly AssertionVerb[] = [
  ...streams,
  ...documents,
  ...people,
  ...requests,
  ...tenants,
  ...files,
  ...fleetAssertions,
  ...administrationAssertions,
];
