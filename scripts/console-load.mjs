// Whether the emulator's console stands ten thousand requests and a thousand challenges: `node scripts/console-load.mjs
// [--rounds N]`. In each round of as many, somebody presses in the page meanwhile. Exits with 1 if the page answers too late or
// grows, or if the emulator keeps more in memory after the last round than after the first.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { chromiumPath } from './chromium.mjs';
import { freePort } from './free-port.mjs';
import { cleanEnvironment, createProgram } from './program.mjs';
import { rehearsePush } from './screenshots/console.mjs';
import { wholeNumber } from './whole-number.mjs';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '3' } } });
const rounds = wholeNumber('rounds', values.rounds);
const requests = 10_000;
const challenges = 1000;
const atOnce = 8;
/** Milliseconds from a press to the next frame, half of the times; MB; elements. */
const bars = { press: 100, growth: 16, elements: 3000 };

let token = '';
const directory = await mkdtemp(join(tmpdir(), 'mfa-cli-console-load-'));
const probe = join(directory, 'probe.mjs');
const told = join(directory, 'memory.txt');
// Garbage depends on the moment: the emulator collects it first, and then tells what it keeps.
writeFileSync(
  probe,
  `import { renameSync, writeFileSync } from 'node:fs';
  import v8 from 'node:v8';
  import vm from 'node:vm';
  v8.setFlagsFromString('--expose-gc');
  const collect = vm.runInNewContext('gc');
  process.on('SIGUSR2', () => {
    collect();
    const { heapUsed, external } = process.memoryUsage();
    writeFileSync('${told}.new', String(heapUsed + external));
    renameSync('${told}.new', '${told}');
  });`,
);
const program = createProgram({
  env: { ...cleanEnvironment(directory), NODE_OPTIONS: `--import=${pathToFileURL(probe)}` },
});
const port = `${await freePort()}`;
const authority = join(directory, 'apns-ca.pem');
const emulator = await program.startEmulator(
  `http://127.0.0.1:${port}/callback`,
  '--apns-ca',
  authority,
);
const browser = await chromium.launch({
  executablePath: chromiumPath,
  args: ['--no-sandbox', '--disable-gpu'],
});
try {
  await rehearsePush(program, { ...emulator, port }, directory);
  const page = await browser.newPage();
  await page.goto(emulator.url);
  await page.getByText('live', { exact: true }).waitFor();
  token = await serviceToken();
  const sizes = [];
  const presses = [];
  for (let round = 0; round < rounds; round++) {
    let over = false;
    const load = Promise.all([
      repeat(requests, () => ask('/SysInfo/About', {})),
      repeat(challenges, () => ask('/emulator/challenge', { User: emulator.accounts.user.user })),
    ]).finally(() => {
      over = true;
    });
    while (!over) presses.push(await press(page));
    await load;
    sizes.push(await memory());
  }
  // An odd number of presses leaves only refused requests in the list.
  await page.locator('#refused').setChecked(false);
  await page.getByText(/^\d+ earlier, of .* requests$/).waitFor();
  const elements = await page.evaluate("document.querySelectorAll('*').length");
  const sorted = presses.toSorted((one, other) => one - other);
  const median = sorted[Math.floor(presses.length / 2)] ?? Number.NaN;
  const growth = (sizes.at(-1) ?? 0) - (sizes[0] ?? 0);
  console.log(
    `${sizes.length} rounds of ${requests} requests and ${challenges} challenges: the page answered a press in ${median.toFixed(0)} ms (half of ${presses.length}), has ${elements} elements, and the emulator keeps ${sizes.map((size) => `${size.toFixed(0)} MB`).join(', ')}`,
  );
  const good = median <= bars.press && growth <= bars.growth && elements <= bars.elements;
  if (!good)
    console.error(
      `more than ${bars.press} ms, ${bars.growth} MB more, or ${bars.elements} elements`,
    );
  process.exitCode = good ? 0 : 1;
} finally {
  await browser.close();
  await emulator.stop();
  await rm(directory, { recursive: true, force: true });
}

/**
 * Milliseconds until the page shows what a press changes.
 * @param {import('playwright-core').Page} page
 * @returns {Promise<number>}
 */
function press(page) {
  return page.evaluate(
    `new Promise((resolve) => {
      const began = performance.now();
      document.querySelector('#refused').click();
      requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - began), 0));
    })`,
  );
}

/**
 * So many times, some at once.
 * @param {number} times
 * @param {() => Promise<void>} act
 */
async function repeat(times, act) {
  let left = times;
  const work = async () => {
    while (left-- > 0) await act();
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

/**
 * @param {string} path
 * @param {object} body
 */
async function ask(path, body) {
  const answer = await fetch(emulator.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const { success, Message } = /** @type {any} */ (await answer.json());
  if (!success) throw new Error(`${path}: ${Message}`);
}

/** @returns {Promise<string>} */
async function serviceToken() {
  const { user, password } = emulator.accounts.serviceUser;
  const answer = await fetch(`${emulator.url}/OAuth2/Token/mfa-cli`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      scope: 'all',
      client_id: user,
      client_secret: password,
    }),
  });
  const { access_token } = /** @type {any} */ (await answer.json());
  return access_token;
}

/** The MB that the emulator keeps. */
async function memory() {
  rmSync(told, { force: true });
  process.kill(emulator.pid ?? 0, 'SIGUSR2');
  while (!existsSync(told)) await setTimeout(20);
  return Number(readFileSync(told, 'utf8')) / 1024 / 1024;
}
