import { removalOf, shellWord } from '../text/shell.ts';
import { trustVariable } from '../text/trust-variable.ts';
import type { ErrorEntries, Hints } from './entry.ts';
import type { Hint } from './hint.ts';

/** Facts about a file that the program reads, whatever is wrong with it. */
export interface ReadFacts {
  /** How to correct the variable that names it. */
  readonly fix?: string | Hint;
  readonly input?: 'p12';
  /** Whether the system denies this user the file. */
  readonly denied?: true;
  /** The command that writes the missing fleet file. */
  readonly init?: readonly string[];
  /** The state file of the renewal that needs the file. */
  readonly renewal?: string;
}

/** The facts about a file that others may change, or about a folder on the way to it. */
export interface DoubtFacts {
  /** The command that fixes it: `chmod go-w config.json`. */
  readonly remedy?: readonly string[];
  /** A place with an owner whom the system does not tell. */
  readonly ownerless?: string;
}

interface UnreadableFacts extends ReadFacts, DirectoryFacts, DoubtFacts {
  /** A file of this program that the system refuses to read. */
  readonly own?: string;
  readonly profile?: string;
}

interface DirectoryFacts {
  /** The option or variable of a directory that is none. */
  readonly directory?: string;
}

/** The causes that have a remedy of their own. */
export type SystemCause = keyof typeof systemHints;

export interface UnwritableFacts extends DirectoryFacts, DoubtFacts {
  readonly system?: SystemCause;
  readonly store?: keyof typeof storeHints;
  /** The path of a lock that another machine's process may hold. */
  readonly lock?: string;
  readonly holder?: string;
  /** Whether a link in the folder of a fleet leads there. */
  readonly link?: true;
}

/** Errors of reading and writing files, whatever is in them. */
export const fileErrors = {
  'file-not-found': {
    area: 'file',
    exitCode: 3,
    hints: ({ init, renewal, fix }: ReadFacts) => [
      fix,
      init && { text: 'Use --file FILE, or create one: {command}.', command: init },
      ...renewalHints(renewal),
    ],
  },
  'file-unreadable': {
    area: 'file',
    exitCode: 3,
    hints: ({
      remedy,
      profile,
      renewal,
      directory,
      own,
      fix,
      denied,
      ownerless,
    }: UnreadableFacts) => [
      fix,
      ownerless !== undefined && hintOfOwnerless(ownerless),
      denied &&
        remedy === undefined &&
        own === undefined &&
        'Allow this user to read the file and to enter its directories.',
      remedy && { text: 'Run {command}.', command: remedy },
      directory !== undefined && `Choose a directory for ${directory}.`,
      own !== undefined && 'Make yourself the owner of the file, and allow yourself to read it.',
      ...renewalHints(renewal),
      profile !== undefined && 'Update mfa-cli, or use another profile with --profile NAME.',
    ],
  },
  'file-unwritable': {
    area: 'file',
    exitCode: 3,
    hints: ({
      remedy,
      store,
      lock,
      holder,
      directory,
      system,
      link,
      ownerless,
    }: UnwritableFacts) => [
      ownerless !== undefined && hintOfOwnerless(ownerless),
      link && 'Use the file itself, or one outside that directory.',
      directory !== undefined && `Choose a directory for ${directory}.`,
      lock !== undefined && {
        text: 'Check whether {holder} is still running. If it is not, run {command}.',
        values: { holder: `${holder}` },
        command: removalOf(lock),
      },
      remedy && { text: 'Run {command}.', command: remedy },
      remedy === undefined && lock === undefined && system && systemHints[system],
      store && (system === undefined || store !== 'unwritable') && storeHints[store],
      store === 'unwritable' && system && elsewhere,
    ],
  },
  'file-too-large': {
    area: 'file',
    exitCode: 3,
    hints: ({ input }: ReadFacts) => [
      input === 'p12' &&
        'A .p12 file with a push certificate is 2 to 10 KiB. Check that you chose the right file.',
    ],
  },
} as const satisfies ErrorEntries;

/** A network file system shows such an owner for everything. */
export function hintOfOwnerless(place: string): string {
  const setting = `${trustVariable}=${shellWord(place)}`;
  return `If its file system reports no owners, and only you can write there, set ${setting}.`;
}

const elsewhere = 'Or set MFA_CLI_CONFIG_DIR to another directory.';

/** The remedy, by the system's reason. */
const systemHints = {
  full: 'The disk, or the quota of this user, is full: free some space.',
  'read-only': 'The file system is mounted read-only: choose another place, or mount it writable.',
  denied: 'Allow this user to write there, or choose another place.',
};

/** How to make the store writable again. */
const storeHints = {
  unwritable:
    'Make that directory writable for this user, or set MFA_CLI_CONFIG_DIR to another one.',
  shared: 'Set MFA_CLI_CONFIG_DIR to a directory that only you can write to.',
  busy: 'Wait for the other mfa-cli to finish, or stop it.',
};

/** How to continue a renewal that misses a file. @param state its state file */
function renewalHints(state: string | undefined): Hints {
  if (state === undefined) return [];
  return [
    `Restore the file, or move ${shellWord(state)} away to start over. ` +
      'The next run keeps all other files.',
  ];
}
