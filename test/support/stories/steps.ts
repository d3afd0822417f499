import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import { freePort } from '../../../scripts/free-port.mjs';
import { parseAssumptions } from '../../../src/emulator/assumptions.ts';
import { isFaultKind } from '../../../src/emulator/faults.ts';
import { type ApnsAnswer, serverCa, startApns } from '../apns.ts';
import { createMachine } from '../context.ts';
import { callApi, serviceToken } from '../emulator.ts';
import { p12Path } from '../fixtures.ts';
import { outsideOf } from '../renewal.ts';
import { signIn } from '../tenant.ts';
import { administrationSteps } from './administration-steps.ts';
import { fleetSteps } from './fleet-steps.ts';
import { partAt } from './json-path.ts';
import { machineSteps } from './machine-steps.ts';
import { phoneSteps } from './phone-steps.ts';
import { programSteps } from './program-steps.ts';
import { projectSteps } from './project-steps.ts';
import { renewSteps } from './renew-steps.ts';
import { expanded } from './run-command.ts';
import { serverSteps } from './server-steps.ts';
import type { StepVerb } from './verbs.ts';
import { openTenant, tenantOf, type World } from './world.ts';

const pathOf = (world: World, file: string): string =>
  resolve(world.directory, expanded(file, world));

/** The text of a line: its own words, or the lines below it. */
const textOf = (text: string | undefined, body: string | null, world: World): string =>
  body === null ? expanded(text ?? '', world) : named(body, world);

/** Text in which `$NAME` stands for what is called so; other `$` stay. */
const named = (text: string, world: World): string =>
  text.replaceAll(/\$(\w+)/g, (whole, name) => world.names.get(name) ?? whole);

const machines: readonly StepVerb[] = [
  {
    form: 'needs PROGRAM',
    pattern: /^needs (?<programs>.+)$/,
    // A story that cannot be told on this machine is skipped before it begins: register.ts.
    step: () => {},
  },
  {
    form: 'machine B',
    pattern: /^machine (?<name>\w+)$/,
    step: (world, { name = '' }) => {
      const machine = world.machines.get(name) ?? createMachine();
      world.machines.set(name, machine);
      world.machine = machine;
      world.names.set('CONFIG', machine.directory);
    },
  },
  {
    form: 'variable NAME=VALUE',
    pattern: /^variable (?<name>\w+)=(?<value>.*)$/,
    step: (world, { name = '', value = '' }) => {
      world.variables.set(name, expanded(value, world));
    },
  },
  {
    form: 'no variable NAME',
    pattern: /^no variable (?<name>\w+)$/,
    step: (world, { name = '' }) => {
      world.variables.delete(name);
    },
  },
  {
    form: 'clock DATE',
    pattern: /^clock (?<day>\d{4}-\d\d-\d\d)(?: (?<time>\d\d:\d\d(?::\d\d)?))?$/,
    step: (world, { day, time = '16:00' }) => {
      world.now = new Date(`${day}T${time}Z`);
    },
  },
  {
    form: 'let NAME be json PATH',
    pattern: /^let (?<name>\w+) be json (?<path>\S+)$/,
    step: (world, { name = '', path = '' }) => {
      const document: unknown = JSON.parse(world.ended?.stdout ?? 'null');
      world.names.set(name, String(partAt(document, path)));
    },
  },
  {
    form: 'let NAME be base64 of FILE [in lines]',
    pattern: /^let (?<name>\w+) be base64 of (?<file>\S+)(?<lines> in lines)?$/,
    step: (world, { name = '', file = '', lines }) => {
      const base64 = readFileSync(pathOf(world, file)).toString('base64');
      const text = lines === undefined ? base64 : base64.replaceAll(/.{64}/g, '$&\n');
      world.names.set(name, text);
    },
  },
  {
    form: 'let NAME be TEXT',
    pattern: /^let (?<name>\w+) be (?!json |base64 of )(?<text>.+)$/,
    step: (world, { name = '', text = '' }) => {
      world.names.set(name, text.startsWith('"') ? JSON.parse(text) : expanded(text, world));
    },
  },
];

const files: readonly StepVerb[] = [
  {
    form: 'write FILE [mode MODE] <<',
    // No name ends with a colon: the text behind it may be empty.
    pattern:
      /^write (?<file>\S*[^\s:])(?: mode (?<mode>0[0-7]{3}))?(?<inline>:(?: (?<text>.*))?)?$/,
    step: (world, { file = '', mode = '0600', inline, text }, { body }) => {
      if ((inline === undefined) === (body === null))
        throw new Error('a file has its text behind a colon, or in the lines below `<<`');
      const path = pathOf(world, file);
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      writeFileSync(path, textOf(text, body, world));
      chmodSync(path, Number.parseInt(mode, 8));
    },
  },
  {
    form: 'copy FILE to FILE',
    pattern: /^copy (?<from>\S+) to (?<to>\S+)$/,
    step: (world, { from = '', to = '' }) => {
      const path = pathOf(world, to);
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      copyFileSync(pathOf(world, from), path);
    },
  },
  {
    form: 'append TEXT to FILE',
    pattern: /^append (?<text>"(?:[^"\\]|\\.)*") to (?<file>\S+)$/,
    step: (world, { text = '', file = '' }) => {
      appendFileSync(pathOf(world, file), JSON.parse(text));
    },
  },
  {
    form: 'cut FILE to N bytes',
    pattern: /^cut (?<file>\S+) to (?<count>\d+) bytes$/,
    step: (world, { file = '', count }) => {
      truncateSync(pathOf(world, file), Number(count));
    },
  },
  {
    form: 'replace /PATTERN/ with TEXT in FILE',
    pattern: /^replace \/(?<expression>(?:[^/\\]|\\.)+)\/ with (?<text>.*) in (?<file>\S+)$/,
    step: (world, { expression = '', text = '', file = '' }) => {
      const path = pathOf(world, file);
      const before = readFileSync(path, 'utf8');
      const after = before.replace(new RegExp(expression, 'gm'), named(text, world));
      if (after === before) throw new Error(`${file} has nothing like /${expression}/:\n${before}`);
      writeFileSync(path, after);
    },
  },
  {
    form: 'folder NAME [mode MODE]',
    pattern: /^folder (?<file>\S+)(?: mode (?<mode>0[0-7]{3}))?$/,
    step: (world, { file = '', mode = '0700' }) => {
      mkdirSync(pathOf(world, file), { recursive: true });
      chmodSync(pathOf(world, file), Number.parseInt(mode, 8));
    },
  },
  {
    form: 'chmod MODE FILE',
    pattern: /^chmod (?<mode>[01][0-7]{3}) (?<file>\S+)$/,
    step: (world, { mode = '', file = '' }) => {
      chmodSync(pathOf(world, file), Number.parseInt(mode, 8));
    },
  },
  {
    form: 'link FILE to TARGET',
    pattern: /^link (?<file>\S+) to (?<target>\S+)$/,
    step: (world, { file = '', target = '' }) => {
      symlinkSync(expanded(target, world), pathOf(world, file));
    },
  },
  {
    form: 'remove FILE',
    pattern: /^remove (?<file>\S+)$/,
    step: (world, { file = '' }) => {
      rmSync(pathOf(world, file), { recursive: true });
    },
  },
];

const tenants: readonly StepVerb[] = [
  {
    form: 'tenant [ASSUMPTION=VALUE …]',
    pattern: /^tenant(?<assumptions>(?: [\w-]+=[\w-]+)*)$/,
    step: async (world, { assumptions = '' }) => {
      await openTenant(world, parseAssumptions(assumptions.split(' ').filter(Boolean)));
    },
  },
  {
    form: 'signed in [as PROFILE] [at tenant N]',
    pattern: /^signed in(?: as (?<profile>\S+))?(?: at tenant (?<number>\d+))?$/,
    step: async (world, { profile, number }) => {
      await signIn(tenantOf(world, number).emulator, world.machine, profile);
    },
  },
  {
    form: 'service user [of tenant N]',
    pattern: /^service user(?: of tenant (?<number>\d+))?$/,
    step: (world, { number }) => {
      const { url, emulator } = tenantOf(world, number);
      world.variables.set('MFA_CLI_TENANT', url);
      world.variables.set('MFA_CLI_CLIENT_ID', emulator.serviceUser.user);
      world.variables.set('MFA_CLI_CLIENT_SECRET', emulator.serviceUser.password);
    },
  },
  {
    form: 'token [of tenant N]',
    pattern: /^token(?: of tenant (?<number>\d+))?$/,
    step: async (world, { number }) => {
      const { url, emulator } = tenantOf(world, number);
      world.variables.set('MFA_CLI_TENANT', url);
      world.variables.set('MFA_CLI_TOKEN', await serviceToken(emulator));
    },
  },
  {
    form: 'fault KIND at PATH [N times]',
    pattern: /^fault (?<kind>\w+) at (?<path>\/\S+)(?: (?<times>\d+) times?)?$/,
    step: (world, { kind = '', path = '', times = '1' }) => {
      const { faults } = tenantOf(world).emulator;
      if (!isFaultKind(kind)) throw new Error(`no kind of fault: ${kind}`);
      faults.add(path, kind, Number(times));
    },
  },
  {
    form: 'tenant is gone',
    pattern: /^tenant is gone$/,
    step: (world) => tenantOf(world).emulator.close(),
  },
  {
    form: 'another administrator sets KEY [topic TOPIC] [file %NAME]',
    pattern:
      /^another administrator sets (?<key>\S+)(?: topic (?<topic>\S+))?(?: file %(?<file>\S+))?$/,
    step: async (world, { key = '', topic = 'com.example.lab', file = '01-default-aes256' }) => {
      const { emulator } = tenantOf(world);
      const APNSCert = readFileSync(p12Path(file)).toString('base64');
      await done(emulator, 'Set', {
        ClientAppKey: key,
        APNSCert,
        APNSPass: 'secret',
        APNSTopic: named(topic, world),
      });
    },
  },
  {
    form: 'another administrator deletes KEY',
    pattern: /^another administrator deletes (?<key>\S+)$/,
    step: (world, { key = '' }) => done(tenantOf(world).emulator, 'Delete', { ClientAppKey: key }),
  },
];

async function done(
  emulator: ReturnType<typeof tenantOf>['emulator'],
  verb: 'Set' | 'Delete',
  parameters: object,
): Promise<void> {
  const path = `/Mobile/${verb}ApnsCertForClientApp`;
  const { body } = await callApi(emulator, path, await serviceToken(emulator), parameters);
  if (body.success !== true) throw new Error(`the tenant refused: ${JSON.stringify(body)}`);
}

/** `200`, `400 BadDeviceToken`, `429 {"retry-after":"0"} TooManyRequests`, `404 <html>`. */
function answerOf(text: string): ApnsAnswer {
  const [, status, headers, rest = ''] =
    /^(\d{3})(?: (\{.*?\}))?(?: (.*))?$/s.exec(text.trim()) ?? [];
  if (status === undefined) throw new Error(`no answer of APNs: ${text}`);
  const body = /^\w+$/.test(rest) ? { reason: rest } : rest;
  return {
    status: Number(status),
    headers: headers === undefined ? {} : JSON.parse(headers),
    body: body.toString().startsWith('json ') ? body.toString().slice(5) : body,
  };
}

const apns: readonly StepVerb[] = [
  {
    form: 'apns answers STATUS [HEADERS] [REASON] [, …]',
    pattern: /^apns answers (?<answers>.+)$/,
    step: async (world, { answers = '' }) => {
      const { host, received } = await startApns(answers.split(', ').map(answerOf));
      world.variables.set('MFA_CLI_APNS_HOST', host);
      world.variables.set('MFA_CLI_CA_FILE', serverCa);
      world.names.set('APNS', host);
      world.names.set('CA', serverCa);
      world.listeners.push({
        name: 'apns ',
        requests: () =>
          received.map(({ headers, body, certificates }) => {
            const facts = Object.entries(headers).filter(([name]) => /^(:path|apns-)/.test(name));
            const proofs = [
              headers.authorization === undefined ? [] : ['token'],
              certificates.length === 0 ? [] : ['certificate'],
            ];
            const by = `by ${proofs.flat().join(' and ')}`;
            return `${by} ${facts.map((fact) => fact.join('=')).join(' ')} ${body}`;
          }),
      });
    },
  },
  {
    form: 'apns is unreachable',
    pattern: /^apns is unreachable$/,
    step: async (world) => {
      world.variables.set('MFA_CLI_APNS_HOST', `127.0.0.1:${await freePort()}`);
    },
  },
  {
    form: 'apns of the tenant',
    pattern: /^apns of the tenant$/,
    step: (world) => {
      const variables = outsideOf(tenantOf(world).emulator).apns;
      for (const [name, value] of Object.entries(variables)) world.variables.set(name, value);
    },
  },
];

export const stepVerbs: readonly StepVerb[] = [
  ...machines,
  ...files,
  ...tenants,
  ...apns,
  ...phoneSteps,
  ...serverSteps,
  ...programSteps,
  ...renewSteps,
  ...fleetSteps,
  ...administrationSteps,
  ...machineSteps,
  ...projectSteps,
];
