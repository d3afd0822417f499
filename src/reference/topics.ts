/** A page of help that belongs to no command: `mfa-cli help environment`. */
export interface Topic {
  readonly word: string;
  readonly summary: string;
  /** Loads its text, for a page of that many columns. */
  load(columns: number): Promise<string>;
}

export const topics: readonly Topic[] = [
  {
    word: 'environment',
    summary: 'variables that mfa-cli reads',
    load: async (columns) => (await import('./topics/environment.ts')).environmentPage(columns),
  },
  {
    word: 'exit-codes',
    summary: 'what each exit code means',
    load: async (columns) => (await import('./topics/exit-codes.ts')).exitCodesPage(columns),
  },
  {
    word: 'fleet-file',
    summary: 'the file that declares a fleet of tenants',
    load: async (columns) => (await import('./topics/fleet-file.ts')).fleetFilePage(columns),
  },
  {
    word: 'findings',
    summary: 'what the checks find, and what fixes it',
    load: async (columns) => (await import('./topics/findings.ts')).findingsPage(columns),
  },
];
