/** A page of help that belongs to no command: `mfa-cli help environment`. */
export interface Topic {
  readonly word: string;
  readonly summary: string;
  /** Loads its text, as it is printed. */
  load(): Promise<string>;
}

export const topics: readonly Topic[] = [
  {
    word: 'environment',
    summary: 'variables that mfa-cli reads',
    load: async () => (await import('./topics/environment.ts')).environmentPage(),
  },
  {
    word: 'exit-codes',
    summary: 'what each exit code means',
    load: async () => (await import('./topics/exit-codes.ts')).exitCodesPage(),
  },
];
