import { version } from '../text/version.ts';
import type { CommandModule } from './command.ts';

export interface VersionReport {
  readonly version: string;
}

export const command: CommandModule<object, VersionReport> = {
  work: async () => ({ version }),
  format: (report) => `${report.version}\n`,
};
