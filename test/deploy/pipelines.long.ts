import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { fixedPasswordsOf } from '../../src/emulator/people.ts';
import { startTenants } from '../../src/emulator/tenants.ts';
import { p12Path } from '../support/fixtures.ts';
import { trusting } from '../support/fleet.ts';
import { cleanEnvironment, runShell } from '../support/process.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { isMissing } from '../support/tools.ts';

const page = readFileSync(new URL('../../docs/fleet-scale.md', import.meta.url), 'utf8');
const [github, gitlab] = [...page.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(([, text = '']) =>
  parse(text),
);

/** The line of a job's steps that runs the program. */
function lineOf(steps: readonly (string | { readonly run?: string })[]): string {
  const lines = steps.map((step) => (typeof step === 'string' ? step : (step.run ?? '')));
  return lines.find((line) => line.startsWith('mfa-cli ')) ?? 'false';
}

const { shard: numbers } = github.jobs.apply.strategy.matrix as { shard: readonly number[] };

/** For each job of a pipeline: its command line, and the variables that tell it which it is. */
const jobs = {
  'GitHub Actions': numbers.map((number) => {
    const given = (text: string): string =>
      text.replaceAll(/\$\{\{ matrix\.shard \}\}/g, String(number));
    return {
      line: lineOf(github.jobs.apply.steps),
      env: Object.fromEntries(
        Object.entries<string>(github.jobs.apply.env).map(([name, value]) => [name, given(value)]),
      ),
    };
  }),
  GitLab: Array.from({ length: gitlab['fleet-apply'].parallel }, (_, index) => ({
    line: lineOf(gitlab['fleet-apply'].script),
    env: {
      CI_NODE_INDEX: String(index + 1),
      CI_NODE_TOTAL: String(gitlab['fleet-apply'].parallel),
    },
  })),
};
const merges = {
  'GitHub Actions': lineOf(github.jobs.merge.steps),
  GitLab: lineOf(gitlab['fleet-merge'].script),
};

test.skipIf(isMissing('bash')).each(['GitHub Actions', 'GitLab'] as const)(
  'the jobs of docs/fleet-scale.md in %s set all tenants, and merge their reports',
  async (maker) => {
    const tenants = await startTenants({
      count: 20,
      port: 0,
      stateFile: null,
      autoApprove: false,
      redirectUris: [],
      accessTokenSeconds: 3600,
      passwords: fixedPasswordsOf,
      now: () => new Date(),
    });
    onTestFinished(() => tenants.close());
    const entries = tenants.tenants.map(
      ({ name, url }) =>
        `  ${name}: { tenant: "${url}", certificate: app, sign-in: { client-id: ci@example.com, client-secret: { env: SECRET_${name.slice(7)} } } }\n`,
    );
    const fleet = `version: 1\ncertificates: { app: { p12: app.p12, password: { env: APP_PASSWORD } } }\ntenants:\n${entries.join('')}`;
    const secrets = tenants.tenants.map(({ name, serviceUser }) => [
      `SECRET_${name.slice(7)}`,
      serviceUser.password,
    ]);
    const merged = temporaryDirectory();
    const ended = await Promise.all(
      jobs[maker].map(async ({ line, env }) => {
        const checkout = temporaryDirectory();
        writeFileSync(join(checkout, 'mfa-fleet.yaml'), fleet);
        cpSync(p12Path('01-default-aes256'), join(checkout, 'app.p12'));
        const all = cleanEnvironment({
          CI: 'true',
          APP_PASSWORD: 'secret',
          ...Object.fromEntries(secrets),
          ...env,
          // A variable of the project, on a page that a pull request does not change.
          ...trusting(join(checkout, 'mfa-fleet.yaml')),
        });
        const { exitCode, stderr } = await runShell(
          `cd '${checkout}'; ${line} && cp report-*.json '${merged}'`,
          all,
        );
        return [exitCode, exitCode === 0 ? '' : stderr];
      }),
    );
    expect(ended).toEqual(jobs[maker].map(() => [0, '']));
    const report = await runShell(
      `cd '${merged}'; ${merges[maker]} --json`,
      cleanEnvironment({ CI: 'true' }),
    );
    expect([report.exitCode, report.stderr]).toEqual([0, '']);
    const { tenants: done, counts } = JSON.parse(report.stdout);
    expect([done.length, counts.sent]).toEqual([20, 20]);
  },
);
