// Takes every page that a browser shows, light and dark, 360 and 1280 pixels wide, into docs/images, or with `--out DIR` also
// 768 and 1920 pixels wide, into DIR: NAME-SCHEME-WIDTH.png. Also a fleet's page as printed, and the circle of a push as a film,
// circle-SCHEME.gif. The words `fleet`, `console`, `circle` and `sign-in` take only those.
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { chromiumPath } from './chromium.mjs';
import { freePort } from './free-port.mjs';
import { cleanEnvironment, createProgram, root } from './program.mjs';
import { filmCircle, size } from './screenshots/circle.mjs';
import { rehearsePush } from './screenshots/console.mjs';
import { fleets, writeFleetPage } from './screenshots/fleet.mjs';
import { encodeGif } from './screenshots/gif.mjs';
import { eachLook, walkPages } from './screenshots/walk.mjs';

/** @typedef {import('playwright-core').Page} Page */

const { positionals: asked, values } = parseArgs({
  allowPositionals: true,
  options: { out: { type: 'string' } },
});
const images = resolve(values.out ?? join(root, 'docs/images'));
const widths = values.out === undefined ? [360, 1280] : [360, 768, 1280, 1920];
await mkdir(images, { recursive: true });
const directory = await mkdtemp(join(tmpdir(), 'mfa-cli-screenshots-'));
const program = createProgram({ env: cleanEnvironment(directory) });
const browser = await chromium.launch({
  executablePath: chromiumPath,
  args: ['--no-sandbox', '--disable-gpu'],
});

try {
  const pages = {
    fleet: takeFleet,
    console: takeConsole,
    circle: takeCircle,
    'sign-in': takeSignIn,
  };
  for (const [name, takePage] of Object.entries(pages))
    if (asked.length === 0 || asked.includes(name)) await takePage();
} finally {
  await browser.close();
  await rm(directory, { recursive: true, force: true });
}

/**
 * @param {Page} page
 * @param {string} name
 * @param {import('playwright-core').PageScreenshotOptions} [options]
 */
function take(page, name, options = {}) {
  return page.screenshot({ path: join(images, `${name}.png`), animations: 'disabled', ...options });
}

/**
 * The page in every look: `NAME-light-360`.
 * @param {Page} page
 * @param {string} name
 */
async function takeLooks(page, name, height = 900) {
  await eachLook(page, (colorScheme, width) => take(page, `${name}-${colorScheme}-${width}`), {
    widths,
    height,
  });
}

async function takeFleet() {
  const page = await browser.newPage();
  for (const [name, tenants] of Object.entries(fleets)) {
    await page.goto(
      pathToFileURL(await writeFleetPage(program, join(directory, name), tenants)).href,
    );
    await takeLooks(page, name, 1280);
  }
  await page.goto(pathToFileURL(join(directory, 'fleet/fleet.html')).href);
  await page.emulateMedia({ media: 'print', colorScheme: 'light' });
  // A4 at 96 dots an inch, without its margins.
  await page.setViewportSize({ width: 718, height: 1047 });
  await take(page, 'fleet-print', { fullPage: true });
  await page.close();
}

async function takeConsole() {
  const port = `${await freePort()}`;
  const redirectUri = `http://127.0.0.1:${port}/callback`;
  const authority = join(directory, 'apns-ca.pem');
  const emulator = await program.startEmulator(redirectUri, '--apns-ca', authority);
  const page = await browser.newPage();
  try {
    const show = async (/** @type {string} */ name) => {
      await page.goto(emulator.url);
      await page.getByText('live', { exact: true }).waitFor();
      await takeLooks(page, name);
    };
    await show('console-empty');
    await rehearsePush(program, { ...emulator, port }, directory);
    await show('console');
  } finally {
    await page.close();
    await emulator.stop();
  }
}

async function takeCircle() {
  const emulator = await program.startAskingEmulator(
    'http://127.0.0.1:8400/callback',
    '--port',
    '0',
  );
  try {
    const film = await filmCircle(browser, program, emulator, directory, takeLooks);
    const page = await browser.newPage();
    for (const [scheme, frames] of Object.entries(film)) {
      for (const { png, name } of frames)
        if (name !== null) await writeFile(join(images, `${name}-${scheme}.png`), png);
      const pictures = [];
      for (const { png, milliseconds } of frames)
        pictures.push({ pixels: await pixelsOf(page, png), milliseconds });
      await writeFile(join(images, `circle-${scheme}.gif`), encodeGif(pictures, size));
    }
    await page.close();
  } finally {
    await emulator.stop();
  }
}

/**
 * RGBA, as the browser itself reads what it has drawn.
 * @param {Page} page
 * @param {Buffer} png
 */
async function pixelsOf(page, png) {
  const base64 = await page.evaluate(`(async () => {
    const image = new Image();
    image.src = 'data:image/png;base64,${png.toString('base64')}';
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height).getContext('2d');
    canvas.drawImage(image, 0, 0);
    const bytes = new Uint8Array(canvas.getImageData(0, 0, image.width, image.height).data);
    let text = '';
    for (let at = 0; at < bytes.length; at += 32_768)
      text += String.fromCharCode(...bytes.subarray(at, at + 32_768));
    return btoa(text);
  })()`);
  return new Uint8ClampedArray(Buffer.from(String(base64), 'base64'));
}

async function takeSignIn() {
  const port = `${await freePort()}`;
  const emulator = await program.startAskingEmulator(
    `http://127.0.0.1:${port}/callback`,
    '--port',
    '0',
  );
  const { url, accounts } = emulator;
  /** @type {Promise<unknown>} */
  let ended = Promise.resolve();
  /** The address that `login` prints instead of opening a browser. */
  const startLogin = async () => {
    // The one before frees the port.
    await ended;
    const login = program.start(['login', '--tenant', url, '--port', port, '--no-browser']);
    ended = once(login, 'exit');
    login.stdout.resume();
    for await (const line of createInterface({ input: login.stderr }))
      if (line.startsWith('http')) return line;
    throw new Error('login gave no address');
  };
  try {
    await walkPages(browser, { url, administrator: accounts.administrator, startLogin }, takeLooks);
  } finally {
    await ended;
    await emulator.stop();
  }
}
