import { type Declaration, declareCommand } from '../command.ts';
import { checkOptions } from './options.ts';

export const commands: readonly Declaration[] = [
  declareCommand({
    word: 'check',
    summary: 'check an Xcode project, or a built app, against the integration guide',
    options: checkOptions,
    behavior: { asks: true },
    examples: [
      'mfa-cli app check',
      'mfa-cli app check ios/MyApp',
      'mfa-cli app check build/MyApp.ipa --p12 cert.p12',
      'mfa-cli app check MyApp.xcodeproj --target MyApp --configuration Debug --p12 cert.p12',
    ],
    load: () => import('./check.ts'),
  }),
];
