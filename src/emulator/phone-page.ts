import { resourceRoute, sendApp } from './app-messages.ts';
import { type Application, plainApplication } from './applications.ts';
import { clientId, scope } from './browser/phone/client.ts';
import { script } from './browser/phone/main.ts?browser';
import { renderApp } from './page-of-app.ts';
import { banner } from './pages.ts';
import { user } from './people.ts';
import { phoneStyles } from './phone-styles.ts';
import { topicInForce } from './push-sender.ts';
import type { Route } from './route.ts';
import type { Settings } from './settings.ts';

const path = '/phone';

/** The application of the phone in the browser: a public client that may do what a phone does, and no more. */
export function phoneApplication(url: string, accessTokenSeconds: number): Application {
  return {
    ...plainApplication,
    key: 'c0ffee00-0000-4000-8000-00000000000c',
    appId: clientId,
    publicClients: [clientId],
    // A browser may know this machine by either name.
    redirectUris: [url, url.replace('//127.0.0.1:', '//localhost:')].map((origin) => origin + path),
    scopes: {
      [scope]: [/^\/?(Device|IosAppRest)\//i, /^\/?Mobile\/DeleteDevice$/i, /^\/?emulator\/pushes$/i],
    },
    accessTokenSeconds,
    refreshTokenSeconds: 30 * 24 * 60 * 60,
  };
}

/** A phone for each tab of a browser. It gets nothing but addresses here: all else it asks the tenant for, as a phone. */
export function phoneRoutes(settings: Settings): readonly Route[] {
  return [
    {
      method: 'GET',
      path,
      answer(_request, response) {
        sendApp(
          response,
          renderApp({
            title: 'A phone - mfa-cli emulator',
            banner,
            styles: '/emulator/phone.css',
            script: '/emulator/phone.js',
            state: { user: user.user, bundleId: topicInForce(settings) },
          }),
        );
      },
    },
    resourceRoute('/emulator/phone.js', 'text/javascript', script),
    resourceRoute('/emulator/phone.css', 'text/css', phoneStyles),
  ];
}
