// The whole circle of a push, as a film: a terminal, the emulator's console and its phone, side by side. All of it is a real run.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { terminalSvg } from '../demo/terminal-svg.mjs';
import { makePushP12 } from '../push-certificate.mjs';

const bundleId = 'com.example.app';

/** The panes' sizes, in pixels. */
const desk = { width: 660, height: 603 };
const hand = { width: 344, height: 866 };
export const size = { width: 1052, height: 898 };

/**
 * @typedef {import('playwright-core').Page} Page
 * @typedef {import('playwright-core').Locator} Locator
 * @typedef {import('../program.mjs').Account} Account
 * @typedef {'light' | 'dark'} Scheme
 *
 * @typedef {object} Frame
 * @property {Buffer} png
 * @property {number} milliseconds
 * @property {string | null} name of one that is worth a picture of its own
 *
 * @typedef {object} Taking
 * @property {{ at: Locator, on: Page } | null} [pointer] the element that somebody is about to press, and its page
 * @property {string | null} [name]
 */

/** @type {readonly Scheme[]} */
const schemes = ['light', 'dark'];

/**
 * @param {import('playwright-core').Browser} browser
 * @param {import('../program.mjs').Program} program
 * @param {import('../program.mjs').Emulator} emulator one that shows people its pages
 * @param {string} directory
 * @param {(page: Page, name: string) => Promise<void>} show is called with the phone, before it is set up and as it rings
 * @returns {Promise<Record<Scheme, Frame[]>>}
 */
export async function filmCircle(browser, program, emulator, directory, show) {
  const { url, accounts, environment } = emulator;
  const p12 = join(directory, 'cert.p12');
  await writeFile(p12, makePushP12({ bundleId, teamId: 'A1B2C3D4E5', password: 'film' }));
  const context = await browser.newContext();
  const board = await context.newPage();
  const phone = await context.newPage();
  const stage = await context.newPage();
  await board.setViewportSize(desk);
  await phone.setViewportSize(hand);
  await stage.setViewportSize(size);
  /** @type {Record<Scheme, Frame[]>} */
  const film = { light: [], dark: [] };
  let terminal = '';

  /**
   * @param {number} milliseconds
   * @param {Taking} [taking]
   */
  const take = async (milliseconds, { pointer = null, name = null } = {}) => {
    const box = pointer === null ? null : await pointer.at.boundingBox();
    const left = pointer?.on === phone ? 16 + desk.width + 16 : 16;
    const top = 16;
    const dot =
      box === null
        ? null
        : { x: left + box.x + box.width * 0.62, y: top + box.y + box.height * 0.7 };
    for (const colorScheme of schemes) {
      const images = {
        board: await imageOf(board, colorScheme),
        phone: await imageOf(phone, colorScheme),
      };
      await stage.emulateMedia({ colorScheme });
      await stage.setContent(stageOf(images, terminal, dot));
      film[colorScheme].push({ png: await stage.screenshot(), milliseconds, name });
    }
  };
  /**
   * @param {Page} page
   * @param {Locator} at
   * @param {number} [milliseconds]
   */
  const press = async (page, at, milliseconds = 900) => {
    await take(milliseconds, { pointer: { at, on: page } });
    await at.click();
  };

  try {
    await board.goto(url);
    await signIn(board, accounts.administrator);
    await button(board, 'Sign in').click();
    await says(board, 'No push certificate is set');
    await phone.goto(`${url}/phone`);
    await show(phone, 'phone-new');
    await phone.setViewportSize(hand);
    terminal = '$ ';
    await take(1400);
    terminal = '$ mfa-cli apns set cert.p12';
    await take(1000);
    const { exitCode, stdout, stderr } = await program.run(['apns', 'set', p12, '--yes'], {
      ...environment,
      MFA_CLI_CLIENT_ID: accounts.serviceUser.user,
      MFA_CLI_CLIENT_SECRET: accounts.serviceUser.password,
      MFA_CLI_P12_PASSWORD: 'film',
      FORCE_COLOR: '1',
    });
    if (exitCode !== 0) throw new Error(`apns set ended with ${exitCode}: ${stderr}`);
    terminal += `\n${`${stderr}${stdout}`.replaceAll(`${directory}/`, '')}`;
    await says(board, /can push for/);
    await take(2600);
    await press(phone, button(phone, 'Sign in and enroll'));
    await signIn(phone, accounts.user);
    await press(phone, button(phone, 'Sign in'), 1200);
    await says(phone, 'Waiting for a push');
    await board.getByText('1 phone enrolled.').waitFor();
    await take(1800);
    await press(board, button(board, `Challenge ${accounts.user.user}`));
    await says(phone, 'Push received');
    await says(board, 'A push is waiting for an answer');
    await take(2200, { name: 'circle' });
    await show(phone, 'phone');
    await phone.setViewportSize(hand);
    await press(phone, button(phone, 'Approve'));
    await says(phone, 'Approved');
    await says(board, /approved the sign-in/);
    await take(4000);
    return film;
  } finally {
    await context.close();
  }
}

/**
 * @param {Page} page
 * @param {Scheme} colorScheme
 */
async function imageOf(page, colorScheme) {
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
  const png = await page.screenshot({ animations: 'disabled' });
  return png.toString('base64');
}

/**
 * @param {Page} page
 * @param {string | RegExp} name
 */
function says(page, name) {
  return page.getByRole('heading', { level: 1, name }).waitFor();
}

/**
 * @param {Page} page
 * @param {string} name
 */
function button(page, name) {
  return page.getByRole('button', { name, exact: true });
}

/**
 * @param {Page} page
 * @param {Account} account
 */
async function signIn(page, { user, password }) {
  await page.getByLabel('User name').fill(user);
  await page.getByLabel('Password').fill(password);
}

/**
 * @param {{ board: string, phone: string }} images in base64
 * @param {string} terminal
 * @param {{ x: number, y: number } | null} dot
 */
function stageOf({ board, phone }, terminal, dot) {
  /**
   * @param {string} data
   * @param {{ width: number, height: number }} size
   */
  const image = (data, { width, height }) =>
    `<img src="data:image/png;base64,${data}" width="${width}" height="${height}" alt="">`;
  return `<!doctype html><style>
:root { color-scheme: light dark; }
body { margin: 0; display: grid; grid-template: auto 1fr / ${desk.width}px ${hand.width}px; gap: 16px; padding: 16px; background: light-dark(#e9e9e6, #08090a); }
img, .terminal { display: block; border-radius: 10px; }
.phone { grid-row: span 2; }
.terminal { height: ${hand.height - desk.height - 16}px; overflow: hidden; background: light-dark(#fff, #0d1117); }
.terminal svg { display: block; width: 100%; height: auto; }
.terminal rect { stroke: none; }
.dot { position: absolute; width: 26px; height: 26px; margin: -13px; border: 3px solid #fff; border-radius: 50%; background: rgb(20 20 24 / .55); box-shadow: 0 0 0 1px rgb(0 0 0 / .4); }
</style>
<div>${image(board, desk)}</div><div class="phone">${image(phone, hand)}</div><div class="terminal">${terminalSvg(terminal, 'A terminal')}</div>
${dot === null ? '' : `<div class="dot" style="left:${dot.x}px;top:${dot.y}px"></div>`}`;
}
