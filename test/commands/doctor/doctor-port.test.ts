import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { createMachine } from '../../support/context.ts';
import { listen } from '../../support/http.ts';

interface Check {
  readonly code: string;
  readonly level: string;
  readonly message: string;
}

const levelsIn = (stdout: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    (JSON.parse(stdout).checks as Check[]).map(({ code, level }) => [code, level]),
  );

test.each([
  ['a person, who needs it', {}, 4, 'error'],
  ['a service user', { MFA_CLI_CLIENT_ID: 'ci', MFA_CLI_CLIENT_SECRET: 'x'.repeat(9) }, 0],
  ['a token', { MFA_CLI_TOKEN: 'an-opaque-token' }, 0],
])(
  'a loopback port that another program holds, for %s',
  async (_who, env, code, level = 'not-checked') => {
    const port = await listen(createServer());
    const argv = ['doctor', '--port', String(port), '--json'];
    const { exitCode, stdout } = await createMachine().run(argv, { env, now: new Date() });
    expect([exitCode, levelsIn(stdout)['loopback-port']]).toEqual([code, level]);
  },
);
