import { escapeHtml } from '../pages/markup.ts';
import { administrator, user } from './people.ts';

/** The sign-in form; `failure` says why it is shown again. */
export function signInPage(name = '', failure: string | null = null): string {
  return page(
    'Sign in',
    `${failure === null ? '' : `<p role="alert">${escapeHtml(failure)}</p>`}
<form method="post">
<label for="user">User name</label>
<input id="user" name="user" autocomplete="username" value="${escapeHtml(name)}" required autofocus>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
<button name="action" value="sign-in">Sign in</button>
<button name="action" value="deny" formnovalidate>Cancel</button>
</form>
<p>${[administrator, user].map((account) => `<code>${account.user}</code>`).join('<br>')}</p>
<p>The emulator printed the passwords when it was started.</p>`,
  );
}

export function consentPage(name: string, client: string, scopes: readonly string[]): string {
  return page(
    'Allow access',
    `<p><strong>${escapeHtml(client)}</strong> asks to act as <strong>${escapeHtml(name)}</strong>
with the scope <strong>${escapeHtml(scopes.join(' '))}</strong>.</p>
<form method="post">
<button name="result" value="1">Allow</button>
<button name="result" value="0">Deny</button>
</form>`,
  );
}

/** The portal; null: nobody is signed in. */
export function portalPage(name: string | null): string {
  if (name === null) return page('Signed out', '<p>You are signed out.</p>');
  return page('Signed in', `<p>You are signed in as <strong>${escapeHtml(name)}</strong>.</p>`);
}

/** What the identity provider of somebody's company asks them. */
export function identityProviderPage(name: string, failure: string | null = null): string {
  return page(
    'Sign in at your company',
    `${failure === null ? '' : `<p role="alert">${escapeHtml(failure)}</p>`}
<form method="post">
<p>This stands for your company's identity provider. You are <strong>${escapeHtml(name)}</strong>.</p>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required autofocus>
<button>Sign in</button>
</form>
<p>The password is the administrator's.</p>`,
  );
}

/** @param pin what has to be entered where the sign-in was begun; null: nothing */
export function signedInPage(pin: string | null): string {
  return page(
    'You are signed in',
    pin === null
      ? '<p>You can close this page.</p>'
      : `<p>Enter this PIN where you began to sign in:</p><p><strong id="pin">${pin}</strong></p>`,
  );
}

/** What stands at an address that does not exist, or for an error that is no API's. */
export function errorPage(title: string): string {
  return page(title, '<p>The emulated tenant has nothing else to say here.</p>');
}

function page(title: string, body: string): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title} - mfa-cli emulator</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 26rem; margin: 3rem auto; padding: 0 1rem; }
label, input { display: block; width: 100%; box-sizing: border-box; }
input { padding: .5rem; margin: 0 0 1rem; font: inherit; }
button { padding: .5rem 1.5rem; font: inherit; }
[role=alert] { color: #a00; }
</style>
</head>
<body>
<main>
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`;
}
