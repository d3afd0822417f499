import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { patience } from '../support/patience.ts';
import { cleanEnvironment, finish, startProgram } from '../support/process.ts';
import { startTenant } from '../support/tenant.ts';

/** Follows redirects as a browser does, which keeps its connections. */
async function browse(url: string, agent: Agent): Promise<void> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(url, { agent }, resolve).once('error', reject);
  });
  response.resume();
  const { location } = response.headers;
  if (location !== undefined) await browse(new URL(location, url).href, agent);
}

test('login ends though the browser keeps its connections', async () => {
  const { login, port } = await startTenant();
  const agent = new Agent({ keepAlive: true });
  onTestFinished(() => agent.destroy());
  const child = startProgram([...login, '--no-browser'], cleanEnvironment());
  const ended = finish(child);
  const url = await new Promise<string>((resolve) => {
    let told = '';
    child.stderr.on('data', (chunk: Buffer) => {
      told += chunk.toString();
      const [found] = /^http\S+$/m.exec(told) ?? [];
      if (found !== undefined) resolve(found);
    });
  });
  // Chromium opens one ahead, and sends nothing on it.
  const idle = connect(port, '127.0.0.1');
  onTestFinished(() => void idle.destroy());
  await once(idle, 'connect');
  await browse(url, agent);
  const started = performance.now();
  expect(await ended).toMatchObject({ exitCode: 0 });
  expect(performance.now() - started).toBeLessThan(20_000 * patience);
});
