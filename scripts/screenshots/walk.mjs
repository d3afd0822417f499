// Every page that a browser shows, met as a person meets them: for the screenshots, and for the tests of the pages.

/**
 * @typedef {import('playwright-core').Page} Page
 *
 * @typedef {object} Start
 * @property {string} url
 * @property {import('../program.mjs').Account} administrator
 * @property {() => Promise<string>} startLogin starts a `login` and gives the address that it sends the browser to
 *
 * @typedef {{ widths?: readonly number[], height?: number }} Sizes
 */

/**
 * Walks through the pages of an emulator that signs nobody in by itself, and of a `login` there.
 * @param {import('playwright-core').Browser} browser
 * @param {Start} start
 * @param {(page: Page, name: string) => Promise<void>} show is called at each page, with its name
 */
export async function walkPages(browser, { url, administrator, startLogin }, show) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const press = (/** @type {string} */ name) => page.getByRole('button', { name }).click();
  const heading = (/** @type {string} */ name) => page.getByRole('heading', { name }).waitFor();
  const signIn = async (/** @type {string} */ password) => {
    await page.getByLabel('User name').fill(administrator.user);
    await page.getByLabel('Password').fill(password);
    await press('Sign in');
  };

  await page.goto(await startLogin());
  await show(page, 'emulator-sign-in');
  await signIn('wrong');
  await page.getByRole('alert').waitFor();
  await show(page, 'emulator-wrong-password');
  await press('Cancel');
  await heading('Not signed in');
  await show(page, 'callback-not-signed-in');

  await page.goto(await startLogin());
  await signIn(administrator.password);
  await heading('Allow mfa-cli');
  await show(page, 'emulator-consent');
  await press('Allow');
  await heading('Signed in to');
  await show(page, 'callback-signed-in');

  await page.goto(`${url}/my`);
  await show(page, 'emulator-signed-in');
  await context.clearCookies();
  await page.goto(`${url}/my`);
  await show(page, 'emulator-signed-out');
  await page.goto(await identityProvider(url));
  await show(page, 'emulator-identity-provider');
  await page.getByLabel('Password').fill(administrator.password);
  await press('Sign in');
  await heading('You are signed in');
  // A PIN is another one each time.
  await page.evaluate("document.querySelector('#pin').textContent = '123456'");
  await show(page, 'emulator-pin');
  await page.goto(`${url}/OAuth2/Authorize/mfa-clu?response_type=code`);
  await show(page, 'emulator-refused');
  await page.goto(`${url}/nowhere`);
  await show(page, 'emulator-not-found');
  await context.close();
}

/**
 * Shows the page in every way that is looked at: `look('light', 360)`.
 * @param {Page} page
 * @param {(colorScheme: 'light' | 'dark', width: number) => Promise<unknown>} look
 * @param {Sizes} [sizes]
 */
export async function eachLook(page, look, { widths = [360, 768, 1280, 1920], height = 900 } = {}) {
  /** @type {readonly ('light' | 'dark')[]} */
  const schemes = ['light', 'dark'];
  for (const colorScheme of schemes)
    for (const width of widths) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height });
      await look(colorScheme, width);
    }
}

/**
 * Where somebody signs in whose company has an identity provider, and is given a PIN.
 * @param {string} url
 * @returns {Promise<string>}
 */
async function identityProvider(url) {
  const answer = await fetch(`${url}/Security/StartAuthentication`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-idap-native-client': 'true',
      oobidpauth: 'true',
    },
    body: JSON.stringify({ User: 'pin@example.com', Version: '1.0' }),
  });
  const { Result } = /** @type {any} */ (await answer.json());
  return Result.IdpRedirectUrl;
}
