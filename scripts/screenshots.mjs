// Takes every page that a browser shows, light and dark, 360 and 1280 pixels wide: docs/images/NAME-SCHEME-WIDTH.png.
// CHROMIUM names another browser than Debian's.
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';
import { freePort } from './free-port.mjs';
import { cleanEnvironment, createProgram, root } from './program.mjs';
import { eachLook, walkPages } from './screenshots/walk.mjs';

const images = join(root, 'docs/images');
await mkdir(images, { recursive: true });
const directory = await mkdtemp(join(tmpdir(), 'mfa-cli-screenshots-'));
const program = createProgram({ env: cleanEnvironment(directory) });
const callbackPort = `${await freePort()}`;
const emulator = await program.startAskingEmulator(`http://127.0.0.1:${callbackPort}/callback`);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
let ended = Promise.resolve();

try {
  const { url, accounts } = emulator;
  await walkPages(browser, { url, administrator: accounts.administrator, startLogin }, (page, name) =>
    eachLook(page, (colorScheme, width) =>
      page.screenshot({ path: join(images, `${name}-${colorScheme}-${width}.png`), animations: 'disabled' }),
    ),
  );
} finally {
  await browser.close();
  await ended;
  await emulator.stop();
  await rm(directory, { recursive: true, force: true });
}

/** The address that `login` prints instead of opening a browser. */
async function startLogin() {
  // The one before frees the port.
  await ended;
  const login = program.start(['login', '--tenant', emulator.url, '--port', callbackPort, '--no-browser']);
  ended = once(login, 'exit');
  login.stdout.resume();
  for await (const line of createInterface({ input: login.stderr })) if (line.startsWith('http')) return line;
  throw new Error('login gave no address');
}
