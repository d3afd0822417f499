import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { encodeLine } from '../src/change/ledger-line.ts';
import { startFleet } from './support/fleet.ts';
import { setLine } from './support/fleet-status.ts';
import { startServer } from './support/http.ts';
import { cleanEnvironment, runShell } from './support/process.ts';
import { temporaryDirectory } from './support/temporary-directory.ts';
import { isMissing } from './support/tools.ts';

function read(page: string): string {
  return readFileSync(new URL(`../${page}`, import.meta.url), 'utf8');
}

const blocks = [...read('docs/fleet-status.md').matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(
  ([, language = '', text = '']) => ({
    language,
    text,
  }),
);
const snippets = blocks.filter(({ language }) => language === 'sh').map(({ text }) => text);

/** A checkout of a fleet of two: one is valid, and one as given. */
function checkout(daysLeft: number): string {
  const directory = temporaryDirectory();
  const lasting = (days: number) => ({
    notAfter: new Date(Date.now() + (days + 0.5) * 86_400_000).toISOString(),
  });
  writeFileSync(
    join(directory, 'mfa-fleet.yaml'),
    `version: 1
certificates: { app: { p12: app.p12, topic: com.example.app } }
tenants:
  acme: { tenant: acme.id.cyberark.cloud, certificate: app, sign-in: { profile: acme } }
  globex: { tenant: globex.id.cyberark.cloud, certificate: app, sign-in: { profile: globex } }
`,
  );
  const lines = [setLine('acme', 0, lasting(300)), setLine('globex', 0, lasting(daysLeft))];
  writeFileSync(join(directory, 'mfa-fleet.ledger.jsonl'), lines.map(encodeLine).join(''));
  return directory;
}

function run(directory: string, script: string, env: Readonly<Record<string, string>> = {}) {
  return runShell(`set -u -o pipefail; cd '${directory}'\n${script}`, cleanEnvironment(env));
}

const bashTest = test.skipIf(isMissing('bash'));
const webhookTest = test.skipIf(isMissing('bash', 'jq', 'curl'));

describe('docs/fleet-status.md', () => {
  bashTest('the commands run', async () => {
    const plain = snippets.filter((text) => !/jq|--refresh/.test(text));
    expect(plain).toHaveLength(3);
    const directory = checkout(200);
    for (const snippet of plain)
      expect(await run(directory, snippet)).toMatchObject({ exitCode: 0, stderr: '' });
    expect(
      ['fleet.html', 'push-certificates.ics'].filter((name) => !existsSync(join(directory, name))),
    ).toEqual([]);
  });

  webhookTest.each([
    ['Slack', 'text: (', (body: { text: string }) => body.text, '• '],
    [
      'Teams',
      'AdaptiveCard',
      (body: { attachments: { content: { body: { text: string }[] } }[] }) =>
        body.attachments[0]?.content.body[0]?.text,
      '- ',
    ],
  ])(
    '%s is told of what is not valid, of an error, and of nothing else',
    async (name, words, textOf, bullet) => {
      const snippet = snippets.find(
        (text) => text.includes(words) && (name === 'Teams') === text.includes('Adaptive'),
      );
      const server = await startServer([{ body: 'ok' }]);
      const told = async (directory: string) => {
        const before = server.received.length;
        writeFileSync(join(directory, 'webhook.curl'), `url = "${server.origin}/hook"\n`);
        const { exitCode, stderr } = await run(directory, snippet ?? 'false');
        expect([exitCode, /curl:|jq:/.exec(stderr)]).toEqual([0, null]);
        return server.received.slice(before).map(({ body }) => textOf(JSON.parse(body)));
      };
      expect(await told(checkout(200))).toEqual([]);
      expect(await told(checkout(9))).toEqual([`${bullet}globex: expires-soon, 9 days left`]);
      const broken = checkout(9);
      writeFileSync(join(broken, 'mfa-fleet.yaml'), 'version: 1\n');
      expect(await told(broken)).toEqual([expect.stringContaining('mfa-fleet.yaml')]);
    },
  );

  bashTest('what the jobs run is what they are said to do', async () => {
    const pipelines = blocks
      .filter(({ language }) => language === 'yaml')
      .map(({ text }) => parse(text));
    const [github, gitlab, kubernetes] = pipelines;
    const container = kubernetes.spec.jobTemplate.spec.template.spec.containers[0];
    const cron = blocks.find(({ language }) => language === 'text')?.text ?? '';
    const directory = checkout(9);
    const summary = join(directory, 'summary');
    const env = { GITHUB_STEP_SUMMARY: summary };
    const [table, annotations] = github.jobs.status.steps
      .map(({ run: line }: { readonly run?: string }) => line)
      .filter((line: string | undefined) => line?.includes('mfa-cli fleet'));
    expect((await run(directory, table, env)).exitCode).toBe(0);
    expect(readFileSync(summary, 'utf8')).toContain('1 of 2 tenants needs attention.');
    expect(await run(directory, annotations, env)).toMatchObject({
      exitCode: 4,
      stdout: expect.stringMatching(
        /^::warning title=certificate-expires-soon::.* in 9 days\. Apple team .*\.\n$/,
      ),
    });
    expect((await run(directory, gitlab['fleet-status'].script[1])).exitCode).toBe(4);
    const inPod = ['mfa-cli', ...container.args]
      .join(' ')
      .replace('/fleet/', `${directory}/`)
      .replace('/pages/', `${directory}/pod-`);
    expect((await run(directory, inPod)).exitCode).toBe(4);
    const line = cron
      .replace(/^(\S+ +){5}/, '')
      .replace('/srv/fleet', directory)
      .replace('/var/www/html', directory);
    expect(await run('/', line)).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    expect(
      ['fleet.html', 'pod-fleet.html'].filter((name) => !existsSync(join(directory, name))),
    ).toEqual([]);
  });
});

/** The commands of a page that run here, in order. */
function commandsOf(page: string): readonly string[] {
  const shell = /(?<!^<!-- not run: .+ -->\n\n)^```sh\n([\s\S]*?)^```$/gm;
  return [...read(page).matchAll(shell)].map(([, text = '']) => text);
}

describe('docs/fleet.md', () => {
  bashTest('the commands that plan and apply run', async () => {
    const commands = commandsOf('docs/fleet.md').filter((text) => !text.includes('fleet init'));
    expect(commands).toHaveLength(2);
    const fleet = await startFleet(2);
    writeFileSync(fleet.file, readFileSync(fleet.file, 'utf8').replace('  t1:', '  acme:'));
    for (const text of commands)
      expect(
        await runShell(`set -eu; cd '${fleet.directory}'\n${text}`, {
          ...fleet.env,
          NO_COLOR: '1',
        }),
      ).toMatchObject({ exitCode: 0 });
    expect(fleet.tenants.map(({ holds }) => holds.size)).toEqual([1, 1]);
  });
});

describe('docs/approve.md', () => {
  bashTest('the commands run, with the hash that the first one prints', async () => {
    const [plan = '', apply = ''] = commandsOf('docs/approve.md');
    const fleet = await startFleet(2);
    writeFileSync(fleet.file, readFileSync(fleet.file, 'utf8').replace('  t1:', '  acme:'));
    const env = { ...fleet.env, NO_COLOR: '1' };
    const { stdout } = await runShell(`set -eu; cd '${fleet.directory}'\n${plan}`, env);
    const HASH = /^sha256:[0-9a-f]{64}$/m.exec(stdout)?.[0] ?? '';
    const words = `set -eu; cd '${fleet.directory}'\n${apply}`;
    expect(await runShell(words, { ...env, HASH })).toMatchObject({ exitCode: 0 });
    expect(fleet.tenants.map(({ holds }) => holds.size)).toEqual([1, 1]);
  });
});
