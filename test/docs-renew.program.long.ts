import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { createMachine, testNow } from './support/context.ts';
import { startGithub } from './support/github.ts';
import { listen, readBody } from './support/http.ts';
import { isThorough } from './support/patience.ts';
import { cleanEnvironment, runShell, shellCommand } from './support/process.ts';
import { recordingHook, shellProgram } from './support/programs.ts';
import { answerRequest, issuingLine } from './support/push-authority.ts';
import { temporaryDirectory } from './support/temporary-directory.ts';
import { shareTenant, startTenant } from './support/tenant.ts';
import { isMissing } from './support/tools.ts';

const example = (path: string): string =>
  fileURLToPath(new URL(`../examples/${path}`, import.meta.url));
const page = readFileSync(new URL('../docs/renew.md', import.meta.url), 'utf8');
const path = process.env.PATH ?? '';

test('docs/renew.md names every example', () => {
  const files = ['issuers', 'hooks', 'schedules'].flatMap((folder) =>
    readdirSync(example(folder)).map((file) => `../examples/${folder}/${file}`),
  );
  expect(files.filter((file) => !page.includes(`](${file})`))).toEqual([]);
});

/** The certificate of `set` is good until then. */
const nearItsEnd = new Date('2027-12-10T00:00:00Z');

describe.skipIf(isMissing('jq'))('the alert recipe', () => {
  const shared = shareTenant();

  /** An alert, and a set that is refused, given to a hook of the examples. */
  async function tellBy(hook: string, env: Readonly<Record<string, string>>) {
    const { set, machine } = await shared();
    await set();
    const outside = { ...env, PATH: path, HOME: temporaryDirectory() };
    const options = ['--hook', example(hook), '--hook-must-succeed'];
    const status = ['apns', 'status', '--warn-days', '0', '--notify-at', '30,14', ...options];
    const due = await machine.run(status, { env: outside, now: nearItsEnd });
    expect([due.exitCode, due.stderr]).toEqual([0, '']);
    const failed = await set([...options, '--send-as', 'form', '--tenant', 'http://127.0.0.1:9'], {
      env: outside,
    });
    expect(failed.stderr).not.toContain('The hook');
    return {
      again: (directory: string) =>
        createMachine(directory).run(status, { env: outside, now: nearItsEnd }),
    };
  }

  /** Runs a hook of the examples as mfa-cli does, and gives its exit code. */
  async function runHook(
    hook: string,
    more: Readonly<Record<string, string>>,
    event: string,
    report: object,
  ): Promise<unknown> {
    const env = { ...more, PATH: path, HOME: temporaryDirectory(), MFA_CLI_EVENT: event };
    const child = spawn(example(hook), { env, stdio: ['pipe', 'ignore', 'inherit'] });
    child.stdin.end(JSON.stringify(report));
    return (await once(child, 'close'))[0];
  }

  test('by mail sends one with the ID of the alert', async () => {
    const mails = join(temporaryDirectory(), 'mails');
    const sendmail = shellProgram(`echo "sendmail $*" >> '${mails}'; cat >> '${mails}'`);
    await tellBy('hooks/mail.sh', { MAIL_TO: 'team@example.com', SENDMAIL: sendmail });
    const [, alert = '', failure = ''] = readFileSync(mails, 'utf8').split('sendmail -t -i\n');
    expect(alert).toMatch(
      /^To: team@example\.com\nSubject: Push certificate: 14 days or fewer left \(1 tenant\)\n/,
    );
    expect(alert).toMatch(/^Message-ID: <mfa-cli-due-[0-9a-f]{16}-14@mfa-cli>\n\n\{\n/m);
    expect(failure).toMatch(/^To: team@example\.com\nSubject: mfa-cli: failed\n.*\n\n\{\n/);
  });

  test.runIf(isThorough && !isMissing('curl'))(
    'by webhook posts a text to the address, which no argument shows',
    async () => {
      const texts: string[] = [];
      const server = createServer(async (request, response) => {
        texts.push(`${request.url} ${JSON.parse((await readBody(request)).toString()).text}`);
        response.end('ok');
      });
      const WEBHOOK_URL = `http://127.0.0.1:${await listen(server)}/services/a-secret`;
      await tellBy('hooks/webhook.sh', { WEBHOOK_URL });
      expect(texts).toEqual([
        expect.stringMatching(
          /^\/services\/a-secret Push certificate: 14 days or fewer left at http:\/\/127\S+ \(mfa-cli-due-\S+-14\)$/,
        ),
        expect.stringMatching(/^\/services\/a-secret mfa-cli: failed: /),
      ]);
      expect(readFileSync(example('hooks/webhook.sh'), 'utf8')).not.toMatch(/curl.*WEBHOOK_URL/);
    },
  );

  test.skipIf(isMissing('curl'))('by webhook passes no markup of a tenant on', async () => {
    const texts: string[] = [];
    const server = createServer(async (request, response) => {
      texts.push(JSON.parse((await readBody(request)).toString()).text);
      response.end('ok');
    });
    const message = 'A & B <!channel> <https://evil.example|Renew here>';
    const env = { WEBHOOK_URL: `http://127.0.0.1:${await listen(server)}/` };
    const exitCode = await runHook('hooks/webhook.sh', env, 'failed', { error: { message } });
    const escaped = 'A &amp; B &lt;!channel&gt; &lt;https://evil.example|Renew here&gt;';
    expect([exitCode, texts]).toEqual([0, [`mfa-cli: failed: ${escaped}`]]);
  });

  test.runIf(isThorough && !isMissing('gh'))(
    'by GitHub opens one issue an alert, whichever machine it comes from',
    async () => {
      const { issues, env } = await startGithub();
      const { again } = await tellBy('hooks/github-issue.sh', env);
      const titles = issues.map(({ title }) => title);
      expect(titles).toEqual([
        expect.stringMatching(
          /^Push certificate: 14 days or fewer left \(mfa-cli-due-[0-9a-f]{16}-14\)$/,
        ),
        expect.stringMatching(/^mfa-cli: failed on \d{4}-\d\d-\d\d$/),
      ]);
      expect(JSON.parse(issues[0]?.body.replace(/^```(json)?$/gm, '') ?? '').alert.stage).toBe(14);
      await again(temporaryDirectory());
      await tellBy('hooks/github-issue.sh', env);
      expect(issues.length).toBe(2);
      // An issue of somebody else with that title silences nothing.
      const [, id = ''] = /\((mfa-cli-due-\S+)\)$/.exec(titles[0] ?? '') ?? [];
      const due = () => runHook('hooks/github-issue.sh', env, 'due', { alert: { id, stage: 14 } });
      expect([await due(), issues.length]).toEqual([0, 2]);
      for (const issue of issues) issue.user = { login: 'somebody' };
      expect([await due(), issues.length]).toEqual([0, 3]);
    },
  );
});

const notAfter = '20271224160000Z';
const app = ['--bundle-id', 'com.example.app', '--team-id', 'A1B2C3D4E5'];

describe.skipIf(isMissing('openssl'))('the issuer recipe', () => {
  async function openRenewal(
    words: readonly string[],
    outside: Readonly<Record<string, string>>,
    now = testNow,
  ) {
    const { emulator } = await startTenant({ now: () => now });
    const machine = createMachine();
    const directory = join(temporaryDirectory(), 'push');
    const env = {
      ...outside,
      PATH: path,
      HOME: temporaryDirectory(),
      MFA_CLI_TENANT: emulator.url,
      MFA_CLI_CLIENT_ID: emulator.serviceUser.user,
      MFA_CLI_CLIENT_SECRET: emulator.serviceUser.password,
      MFA_CLI_P12_PASSWORD: 'the-p12-password',
      MFA_CLI_KEY_PASSWORD: 'the-key-password',
    };
    const argv = ['apns', 'renew', ...app, '--dir', directory, '--no-verify', '--json', ...words];
    return async (more: Readonly<Record<string, string>> = {}) => {
      const { exitCode, stdout } = await machine.run(argv, { env: { ...env, ...more }, now });
      return [exitCode, JSON.parse(stdout)] as const;
    };
  }

  test('for rehearsals takes one run to set a certificate that no real tenant takes', async () => {
    // OpenSSL's certificates begin now.
    const later = new Date(Date.now() + 3_600_000);
    const renew = await openRenewal(['--issuer', example('issuers/rehearsal.sh')], {}, later);
    const [exitCode, { stage, files, set }] = await renew();
    expect([exitCode, stage, set?.topic]).toEqual([0, 'set', 'com.example.app']);
    const argv = ['apns', 'set', files.p12, '--tenant', 'tenant.invalid', '--force', '--json'];
    const env = { MFA_CLI_P12_PASSWORD: 'the-p12-password' };
    const refused = await createMachine().run(argv, { env });
    const codes = JSON.parse(refused.stdout).findings.map(({ code }: { code: string }) => code);
    expect([refused.exitCode, codes[0]]).toEqual([4, 'practice-certificate']);
  });

  test.skipIf(isMissing('gh'))(
    'by ticket waits until somebody has answered and closed it',
    async () => {
      const { issues, env } = await startGithub();
      const renew = await openRenewal(['--issuer', example('issuers/ticket.sh')], env);
      for (const _ of [1, 2]) expect(await renew()).toMatchObject([4, { stage: 'requested' }]);
      const [issue, ...others] = issues;
      expect([issue?.title, others]).toEqual([
        expect.stringMatching(/^Push certificate for com\.example\.app \(/),
        [],
      ]);
      const request = join(temporaryDirectory(), 'request.pem');
      writeFileSync(request, issue?.body ?? '');
      answerRequest(request, `${request}.cer`, { notAfter, form: 'PEM' });
      issue?.comments.push({ body: 'Working on it.' });
      issue?.comments.push({
        body: `Here it is:\r\n\r\n${readFileSync(`${request}.cer`, 'utf8').replaceAll('\n', '\r\n')}`,
      });
      expect(await renew()).toMatchObject([4, { stage: 'requested' }]);
      if (issue !== undefined) issue.state = 'closed';
      expect(await renew()).toMatchObject([0, { stage: 'set' }]);
      expect(issues.length).toBe(1);
    },
  );

  test.runIf(isThorough && !isMissing('ruby'))(
    "by fastlane's spaceship issues for the app and the team, or waits for a session",
    async () => {
      const library = temporaryDirectory();
      const issuing = issuingLine(library, { notAfter }, "'#{csr}'", "'#{out}'").replaceAll(
        '\\',
        '\\\\',
      );
      writeFileSync(
        join(library, 'spaceship.rb'),
        `# What spaceship has of what the example asks for.
module Spaceship
  module Portal
    def self.login(user, password = nil)
      raise "Invalid username and password combination. Used '#{user}'" unless ENV['FASTLANE_SESSION'] == 'good'
    end
    def self.select_team(team_id: nil) = (raise "no team #{team_id}" unless team_id == 'A1B2C3D4E5')
    def self.certificate = Certificate
    class Certificate
      def self.production_push = ProductionPush
      attr_reader :id, :download_raw
      def initialize(raw) = (@id, @download_raw = 'P577TH3PAA', raw)
      class ProductionPush < Certificate
        def self.create!(csr: nil, bundle_id: nil)
          raise "Could not find app with bundle id '#{bundle_id}'" unless bundle_id == 'com.example.app'
          raise 'broken' if ENV['PORTAL'] == 'broken'
          csr = (File.write('${library}/csr', csr); '${library}/csr')
          out = '${library}/cer'
          system(%q(${issuing}).gsub('#{csr}', csr).gsub('#{out}', out)) or raise 'openssl'
          new(File.binread(out))
        end
      end
    end
  end
end
`,
      );
      const words = ['--issuer', 'ruby', '--issuer-arg', example('issuers/spaceship.rb')];
      const renew = await openRenewal(words, {
        RUBYLIB: library,
        FASTLANE_USER: 'uma@example.com',
      });
      expect(await renew({ FASTLANE_SESSION: 'ended' })).toMatchObject([4, { stage: 'requested' }]);
      expect(await renew({ FASTLANE_SESSION: 'good', PORTAL: 'broken' })).toMatchObject([
        7,
        { error: { code: 'issuer-failed' } },
      ]);
      expect(await renew({ FASTLANE_SESSION: 'good' })).toMatchObject([
        4,
        { needs: { what: expect.stringContaining('--issue-again') } },
      ]);
      words.push('--issue-again');
      const again = await openRenewal(words, {
        RUBYLIB: library,
        FASTLANE_USER: 'uma@example.com',
      });
      expect(await again({ FASTLANE_SESSION: 'good' })).toMatchObject([0, { stage: 'set' }]);
    },
  );
});

describe.skipIf(isMissing('openssl', 'bash'))('the scheduled year', () => {
  /** A machine on which everything of a schedule is where the schedule has it, below a folder. */
  async function installed() {
    const { emulator } = await startTenant();
    const folder = temporaryDirectory();
    const hook = recordingHook();
    for (const each of ['bin', 'push', 'home/mfa-cli'])
      mkdirSync(join(folder, each), { recursive: true, mode: 0o700 });
    writeFileSync(join(folder, 'bin/mfa-cli'), `#!/bin/sh\nexec ${shellCommand} "$@"\n`, {
      mode: 0o700,
    });
    const inAYear = new Date(Date.now() + 395 * 86_400_000)
      .toISOString()
      .slice(0, 10)
      .replaceAll('-', '');
    const issuer = shellProgram(issuingLine(folder, { notAfter: `${inAYear}000000Z` }));
    const ca = join(folder, 'apns-ca.pem');
    writeFileSync(ca, emulator.apns.ca);
    const secret = { MFA_CLI_P12_PASSWORD: 'the-password', MFA_CLI_KEY_PASSWORD: 'the-password' };
    const variables = {
      MFA_CLI_TENANT: emulator.url,
      MFA_CLI_CLIENT_ID: emulator.serviceUser.user,
      MFA_CLI_CLIENT_SECRET: emulator.serviceUser.password,
      MFA_CLI_APNS_HOST: emulator.apns.host,
      MFA_CLI_CA_FILE: ca,
    };
    const places = {
      BUNDLE_ID: 'com.example.app',
      TEAM_ID: 'A1B2C3D4E5',
      PUSH_DIR: join(folder, 'push'),
      ISSUER: issuer,
      HOOK: hook.program,
    };
    const base = {
      ...cleanEnvironment(),
      PATH: `${join(folder, 'bin')}:${path}`,
      HOME: join(folder, 'home'),
    };
    return { folder, hook, base, variables, secret, places };
  }

  const text = (file: string): string => readFileSync(example(`schedules/${file}`), 'utf8');
  /** A word with the script of this project in place of the installed one. */
  const here = (word: string): string =>
    word.replace(
      /'?\/(?:etc\/mfa-cli|opt\/mfa-cli|programs)\/renew\.sh'?/,
      example('schedules/renew.sh'),
    );

  /** Runs the line of a schedule, which renews once however often it runs. */
  async function expectRenewal(
    hook: ReturnType<typeof recordingHook>,
    ...runs: readonly (readonly [line: string, env: Readonly<Record<string, string>>])[]
  ): Promise<void> {
    for (const [line, env] of runs) {
      const { exitCode, stderr } = await runShell(line, env);
      expect([exitCode, stderr]).toEqual([0, expect.not.stringContaining('error')]);
    }
    expect(hook.calls()).toMatchObject([{ event: 'renewed', document: { stage: 'set' } }]);
  }

  test('of cron renews, and does nothing the night after', async () => {
    const { folder, hook, base, variables, secret, places } = await installed();
    const [, line = ''] = /^\d+ (?:\S+ ){4}(.*)$/m.exec(text('crontab')) ?? [];
    const lines = Object.entries({ ...variables, ...secret, ...places }).map(
      ([name, value]) => `export ${name}='${value}'\n`,
    );
    writeFileSync(join(folder, 'home/mfa-cli/renew.env'), lines.join(''), { mode: 0o600 });
    copyFileSync(example('schedules/renew.sh'), join(folder, 'home/mfa-cli/renew.sh'));
    await expectRenewal(hook, [line, base], [line, base]);
  });

  test.runIf(isThorough && !isMissing('systemd-analyze'))(
    'of systemd is one that systemd takes, and renews',
    async () => {
      const units = ['mfa-cli-renew.service', 'mfa-cli-renew.timer'];
      const words = ['verify', '--man=no', ...units.map((unit) => example(`schedules/${unit}`))];
      expect(execFileSync('systemd-analyze', words, { encoding: 'utf8', stdio: 'pipe' })).toBe('');
      const { hook, base, variables, secret, places } = await installed();
      const service = text('mfa-cli-renew.service');
      const credentials = temporaryDirectory();
      writeFileSync(join(credentials, 'client-secret'), variables.MFA_CLI_CLIENT_SECRET, {
        mode: 0o400,
      });
      writeFileSync(join(credentials, 'p12-password'), secret.MFA_CLI_P12_PASSWORD, {
        mode: 0o400,
      });
      const { MFA_CLI_CLIENT_SECRET: _, ...others } = variables;
      const given = [...service.matchAll(/^Environment=(.*)$/gm)].flatMap(([, line = '']) =>
        line
          .split(' ')
          .map((word) =>
            word
              .replace('%S/mfa-cli', join(base.HOME, 'mfa-cli'))
              .replace('%d', credentials)
              .split(/=(.*)/),
          ),
      );
      const [, command = ''] = /^ExecStart=(.*)$/m.exec(service) ?? [];
      const { PUSH_DIR: __, ...named } = places;
      const env = { ...base, ...others, ...named, ...Object.fromEntries(given) };
      await expectRenewal(hook, [here(command), env]);
    },
  );

  test.runIf(isThorough)('of a GitHub Action runs its step', async () => {
    const { folder, hook, base, variables, secret, places } = await installed();
    const [step] = parse(text('github-action.yaml')).jobs.renew.steps;
    const context: Readonly<Record<string, string>> = { ...variables, ...secret };
    const own: Readonly<Record<string, string>> = {
      ...places,
      MFA_CLI_CONFIG_DIR: join(folder, 'config'),
    };
    const env = Object.entries<string>(step.env).map(([name, value]) => {
      const [, named] = /^\$\{\{ (?:vars|secrets)\.(\w+) \}\}$/.exec(value) ?? [];
      return [name, own[name] ?? (named === undefined ? value : (context[named] ?? ''))];
    });
    const { MFA_CLI_APNS_HOST, MFA_CLI_CA_FILE } = variables;
    const outside = { ...base, MFA_CLI_APNS_HOST, MFA_CLI_CA_FILE };
    await expectRenewal(hook, [here(step.run), { ...outside, ...Object.fromEntries(env) }]);
  });

  test.runIf(isThorough)('of a CronJob runs its container', async () => {
    const { folder, hook, base, variables, secret, places } = await installed();
    const { initContainers, containers } = parse(text('cronjob.yaml')).spec.jobTemplate.spec
      .template.spec;
    const inside = (word: string): string => here(word).replace(/^\/state/, join(folder, 'state'));
    const { ISSUER, HOOK } = places;
    const runs = [...initContainers, ...containers].map(({ command, env = [] }) => {
      const own = env.map(({ name, value }: { name: string; value: string }) => [
        name,
        inside(value),
      ]);
      const line = command.map((word: string) => `'${inside(word)}'`).join(' ');
      return [
        line,
        { ...base, ...Object.fromEntries(own), ...variables, ...secret, ISSUER, HOOK },
      ] as const;
    });
    await expectRenewal(hook, ...runs);
    expect(existsSync(join(folder, 'state/own/push/mfa-renew.json'))).toBe(true);
  });
});
