import { declareCommand, type Family } from '../command.ts';
import { checkOptions } from './options.ts';

export const app: Family = {
  word: 'app',
  summary: 'check the iOS app that approves sign-ins',
  example: 'mfa-cli app check ios/MyApp',
  commands: [
    declareCommand({
      word: 'check',
      summary: 'check an Xcode project against the integration guide',
      options: checkOptions,
      behavior: { asks: true },
      examples: [
        'mfa-cli app check',
        'mfa-cli app check ios/MyApp',
        'mfa-cli app check MyApp.xcodeproj --target MyApp --configuration Debug --p12 cert.p12',
      ],
      load: () => import('./check.ts'),
    }),
  ],
};
