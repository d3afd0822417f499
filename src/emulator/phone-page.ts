import { resourceRoute, sendApp } from './app-page.ts';
import { type Application, plainApplication } from './applications.ts';
import { clientId, scope } from './browser/phone/device-calls.ts';
import { script } from './browser/phone/main.ts?browser';
import type { Route } from './http.ts';
import { user } from './people.ts';
import { phoneStyles } from './phone-styles.ts';
import { usedCertificate } from './stored-certificates.ts';
import type { TenantState } from './tenant-state.ts';

const pagePath = '/phone';
const stylesPath = '/emulator/phone.css';
const scriptPath = '/emulator/phone.js';

/**
 * The application of a phone in the browser: a public client that may only act as a
 * phone.
 */
export function phoneApplication(url: string): Application {
  return {
    ...plainApplication,
    key: 'c0ffee00-0000-4000-8000-00000000000c',
    appId: clientId,
    publicClients: [clientId],
    // A browser may use either name for this machine.
    redirectUris: [
      `${url}${pagePath}`,
      `${url.replace('//127.0.0.1:', '//localhost:')}${pagePath}`,
    ],
    scopes: {
      [scope]: [
        /^\/?(Device|IosAppRest)\//i,
        /^\/?(Mobile\/DeleteDevice|Security\/WhoAmI|emulator\/pushes)$/i,
      ],
    },
    // A phone in a browser does not renew its session.
    accessTokenSeconds: 30 * 24 * 60 * 60,
  };
}

/**
 * A phone for each tab of a browser. The page contains only addresses: it asks the tenant
 * for all else, like a phone.
 */
export function phoneRoutes(state: TenantState): readonly Route[] {
  return [
    {
      method: 'GET',
      path: pagePath,
      answer(_request, response) {
        const shown = { user: user.user, bundleId: usedCertificate(state)?.topic ?? null };
        const app = { title: 'Phone - mfa-cli emulator', styles: stylesPath, script: scriptPath };
        sendApp(response, app, shown);
      },
    },
    resourceRoute(scriptPath, 'text/javascript', script),
    resourceRoute(stylesPath, 'text/css', phoneStyles),
  ];
}
