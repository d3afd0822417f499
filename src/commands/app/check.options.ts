import type { Command } from 'commander';
import type { P12Options } from '../../inputs/open-p12.ts';
import { addExamples, addP12Options } from '../../inputs/options.ts';

export interface AppCheckOptions extends P12Options {
  readonly path?: string;
  readonly target?: string;
  readonly configuration?: string;
}

export function register(command: Command): void {
  command
    .argument('[path]', 'the .xcodeproj or .xcworkspace, or a directory that holds one; default: .')
    .option('--target <name>', 'target to check; default: the only application')
    .option(
      '--configuration <name>',
      'build configuration to check, with its #if branches; default: Release',
    );
  addP12Options(command);
  addExamples(
    command,
    'mfa-cli app check',
    'mfa-cli app check ios/MyApp',
    'mfa-cli app check MyApp.xcodeproj --target MyApp --configuration Debug --p12 cert.p12',
  );
}
