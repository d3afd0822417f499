// A fleet that is applied by a process that is killed, at a moment counted in requests.
import { once } from 'node:events';
import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { root } from '../program.mjs';

const count = 25;
const topic = 'com.example.lab';

/** Tenants on a port each, and a fleet file that declares them. */
async function startFleet(directory) {
  const fleet = { holds: new Map(), received: new Map(), onRequest: () => {} };
  const servers = [];
  const lines = [];
  for (let number = 1; number <= count; number++) {
    const name = `t${number}`;
    const server = createServer((request, response) => {
      const isToken = request.url.startsWith('/OAuth2/');
      fleet.received.set(name, (fleet.received.get(name) ?? 0) + 1);
      fleet.onRequest();
      const chunks = [];
      request
        .on('data', (chunk) => chunks.push(chunk))
        .on('end', () => {
          response.setHeader('content-type', 'application/json');
          if (isToken)
            return response.end('{"access_token":"chaos","token_type":"Bearer","expires_in":18000}');
          fleet.holds.set(name, JSON.parse(Buffer.concat(chunks)).APNSTopic);
          response.end('{"success":true,"Result":null}');
        });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    servers.push(server);
    lines.push(
      `  ${name}: { tenant: "http://127.0.0.1:${server.address().port}", certificate: app, sign-in: { client-id: ci, client-secret: { env: CHAOS_SECRET } } }\n`,
    );
  }
  copyFileSync(`${root}test/fixtures/p12/01-default-aes256.p12`, join(directory, 'app.p12'));
  fleet.file = join(directory, 'mfa-fleet.yaml');
  fleet.record = join(directory, 'mfa-fleet.record.json');
  const certificate = 'app: { p12: app.p12, password: { env: CHAOS_PASSWORD } }';
  writeFileSync(fleet.file, `version: 1\ncertificates:\n  ${certificate}\ntenants:\n${lines.join('')}`);
  fleet.close = () => {
    for (const server of servers) server.close();
  };
  return fleet;
}

/** Kills an apply at one of the moments, applies again, and asks whether all are set and none was done without need. */
export async function killedApply(directory, program, note) {
  const fleet = await startFleet(directory);
  const secrets = { CHAOS_SECRET: 'a-secret-of-a-service-user', CHAOS_PASSWORD: 'secret' };
  const words = (command) => ['fleet', command, '--file', fleet.file, '--trust', '--json'];
  return {
    async round(round) {
      for (const path of [fleet.record, `${fleet.record}.journal`]) rmSync(path, { force: true });
      fleet.holds.clear();
      // All moments once: a request for the token and one for the certificate, of each tenant.
      const moment = (round % (2 * count)) + 1;
      let seen = 0;
      const child = program.start([...words('apply'), '--yes'], secrets);
      child.stdout.resume();
      child.stderr.resume();
      fleet.onRequest = () => {
        if (++seen === moment) child.kill('SIGKILL');
      };
      await once(child, 'exit');
      fleet.onRequest = () => {};
      note(child.signalCode === null ? 'ended before' : 'killed');
      const plan = JSON.parse((await program.run(words('plan'), secrets)).stdout);
      const same = plan.tenants.filter(({ action }) => action === 'same').map(({ name }) => name);
      const wrong = same.filter((name) => fleet.holds.get(name) !== topic);
      if (wrong.length > 0) return `${wrong} were recorded and not set`;
      fleet.received.clear();
      const { exitCode, stderr } = await program.run([...words('apply'), '--yes'], secrets);
      if (exitCode !== 0) return `the second apply ended with ${exitCode}: ${stderr}`;
      const twice = same.filter((name) => fleet.received.has(name));
      if (twice.length > 0) return `${twice} were recorded and done again`;
      if (fleet.holds.size !== count) return `${count - fleet.holds.size} were skipped`;
      const recorded = JSON.parse(readFileSync(fleet.record, 'utf8')).tenants;
      if (recorded.filter(({ state }) => state === 'set').length !== count)
        return 'the record has not all of them';
      return existsSync(`${fleet.record}.journal`) ? 'the journal is still there' : null;
    },
    end: async () => fleet.close(),
  };
}
