import { addExamples } from '../settings/options.ts';
import { version } from '../text/version.ts';
import type { CommandModule, Declaration } from './command.ts';

export const declaration: Declaration = {
  words: ['version'],
  summary: 'print the version',
  options(command) {
    addExamples(command, 'mfa-cli version', 'mfa-cli version --json');
  },
};

export interface VersionReport {
  readonly version: string;
}

export async function readVersion(): Promise<VersionReport> {
  return { version };
}

function format(report: VersionReport): string {
  return `${report.version}\n`;
}

export const command: CommandModule<object, VersionReport> = { work: readVersion, format };
