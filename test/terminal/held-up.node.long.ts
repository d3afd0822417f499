import { once } from 'node:events';
import { createServer } from 'node:http';
import { expect, test } from 'vitest';
import { reportOf, startFleet } from '../support/fleet.ts';
import { listen } from '../support/http.ts';
import {
  cleanEnvironment,
  endOnSignal,
  finish,
  runProgram,
  startProgram,
} from '../support/process.ts';

const heldUp = {
  NODE_OPTIONS: `--import ${new URL('../support/held-up.mjs', import.meta.url).href}`,
};

test('an interrupted program that gets no time of its machine reports all the same, and then ends', async () => {
  const server = createServer(() => {});
  const url = `http://127.0.0.1:${await listen(server)}`;
  const env = cleanEnvironment({ MFA_CLI_TOKEN: 'token', MFA_CLI_TENANT: url, ...heldUp });
  const child = startProgram(['whoami', '--json'], env);
  const ending = Promise.all([endOnSignal(child), finish(child)]);
  await once(server, 'request');
  child.kill('SIGINT');
  const [end, { stdout }] = await ending;
  expect(end).toEqual({ exitCode: 130, died: false });
  expect(JSON.parse(stdout).error).toMatchObject({ code: 'interrupted', exitCode: 130 });
});

test('so does a fleet, with what it has sent', async () => {
  let interrupt = (): void => {};
  const fleet = await startFleet(4, { onRequest: () => interrupt() });
  const words = ['fleet', 'apply', '--yes', '--json', '--file', fleet.file];
  const child = startProgram(words, { ...fleet.env, ...heldUp });
  const ending = Promise.all([endOnSignal(child), finish(child)]);
  interrupt = () => {
    interrupt = () => {};
    child.kill('SIGINT');
  };
  const [end, { stdout }] = await ending;
  expect(end).toEqual({ exitCode: 130, died: false });
  expect(reportOf(stdout)).toMatchObject({ ok: false, tenants: { length: 4 } });
});

test('a command that waits for what never comes ends with 1, as a bug', async () => {
  const server = createServer((_request, response) => response.writeHead(503).end());
  const url = `http://127.0.0.1:${await listen(server)}`;
  const module = new URL('../support/endless-pauses.mjs', import.meta.url).href;
  const env = { MFA_CLI_TOKEN: 'token', MFA_CLI_TENANT: url, NODE_OPTIONS: `--import ${module}` };
  expect(await runProgram(['whoami'], cleanEnvironment(env))).toMatchObject({ exitCode: 1 });
});
