import { addExamples, addP12Options } from '../../settings/options.ts';
import type { Family } from '../command.ts';

export const app: Family = {
  word: 'app',
  summary: 'check the iOS app that approves sign-ins',
  example: 'mfa-cli app check ios/MyApp',
  commands: [
    {
      word: 'check',
      summary: 'check an Xcode project against the integration guide',
      options(command) {
        command
          .argument('[path]', 'the .xcodeproj or .xcworkspace, or its directory; default: .')
          .option('--target <name>', 'target to check; default: the only application')
          .option('--configuration <name>', 'build configuration to check; default: Release');
        addP12Options(command);
        addExamples(
          command,
          'mfa-cli app check',
          'mfa-cli app check ios/MyApp',
          'mfa-cli app check MyApp.xcodeproj --target MyApp --configuration Debug --p12 cert.p12',
        );
      },
      load: () => import('./check.ts'),
    },
  ],
};
