import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { createMachine } from '../context.ts';
import { shellProgram } from '../programs.ts';
import { answerRequest, issuingLine } from '../push-authority.ts';
import { passwords, renewalIn } from '../renewal.ts';
import { temporaryDirectory } from '../temporary-directory.ts';
import type { StepVerb } from './verbs.ts';
import type { World } from './world.ts';

type Issued = NonNullable<Parameters<typeof answerRequest>[2]>;

/** What a certificate of Apple may be: `until 2027-12-24 as PEM for com.example.other`. */
const words =
  '(?: from (?<from>\\d{4}-\\d\\d-\\d\\d))?(?: until (?<until>\\d{4}-\\d\\d-\\d\\d))?' +
  '(?: for (?<bundleId>com\\.\\S+))?(?<kind> for the sandbox| for no push)?(?<pem> as PEM)?';

/** Four in the afternoon, as the clock of the stories. */
const inCertificate = (day: string): string => `${day.replaceAll('-', '')}160000Z`;

function issuedAs(given: Readonly<Record<string, string | undefined>>): Issued {
  const { from, until, bundleId, kind, pem } = given;
  return {
    ...(from === undefined ? {} : { notBefore: inCertificate(from) }),
    ...(until === undefined ? {} : { notAfter: inCertificate(until) }),
    ...(bundleId === undefined ? {} : { bundleId }),
    isPush: kind !== ' for no push',
    sandboxOnly: kind === ' for the sandbox',
    form: pem === undefined ? 'DER' : 'PEM',
  };
}

/** The files of a renewal that waits for Apple: its key is made once for each worker. */
let waiting: ReadonlyMap<string, Buffer> | null = null;

async function filesOfWaiting(): Promise<ReadonlyMap<string, Buffer>> {
  if (waiting !== null) return waiting;
  const directory = join(temporaryDirectory(), 'push');
  const { exitCode, stderr } = await createMachine().run(renewalIn(directory), { env: passwords });
  if (exitCode !== 0) throw new Error(`no renewal could be begun: ${stderr}`);
  const names = readdirSync(directory);
  waiting = new Map(names.map((name) => [name, readFileSync(join(directory, name))]));
  return waiting;
}

async function beginRenewal(directory: string): Promise<void> {
  const files = await filesOfWaiting();
  mkdirSync(directory, { mode: 0o700 });
  for (const [name, bytes] of files) {
    writeFileSync(join(directory, name), bytes, { mode: 0o600 });
  }
}

/** The request of the renewal that the directory of this file began last. */
function latestRequest(file: string): string {
  const directory = dirname(file);
  const { rounds } = JSON.parse(readFileSync(join(directory, 'mfa-renew.json'), 'utf8'));
  return join(directory, `${rounds.at(-1).name}.certSigningRequest`);
}

/** A request for the same app with the key of somebody else. */
async function strangersRequest(): Promise<string> {
  const directory = join(temporaryDirectory(), 'stranger');
  const argv = renewalIn(directory, '--no-encrypt');
  await createMachine().run(argv);
  return latestRequest(join(directory, 'aps.cer'));
}

async function answer(world: World, file: string, issued: Issued, who: string): Promise<void> {
  const path = resolve(world.directory, file);
  const isStranger = who === 'a stranger';
  answerRequest(isStranger ? await strangersRequest() : latestRequest(path), path, issued);
}

export const renewSteps: readonly StepVerb[] = [
  {
    form: 'renewal in DIR',
    pattern: /^renewal in (?<directory>\S+)$/,
    step: (world, { directory = '' }) => beginRenewal(resolve(world.directory, directory)),
  },
  {
    form: 'apple answers [a stranger in] FILE [from DATE] [until DATE] [for BUNDLE-ID]',
    pattern: new RegExp(`^apple answers (?:(?<who>a stranger) in )?(?<file>"[^"]+"|\\S+)${words}$`),
    step: (world, { file = '', who = '', ...given }) =>
      answer(world, file.replaceAll('"', ''), issuedAs(given), who),
  },
  {
    form: 'signer NAME [from DATE] [until DATE] [for BUNDLE-ID]',
    pattern: new RegExp(`^signer (?<name>\\w+)${words}$`),
    step: (world, { name = '', ...given }) => {
      const line = issuingLine(temporaryDirectory(), issuedAs(given), undefined, '"$out"');
      const program = shellProgram(`out=\${1:-$MFA_CLI_CERTIFICATE}\n${line}`);
      world.names.set(name, program);
    },
  },
];
