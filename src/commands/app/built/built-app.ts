import { isDeepStrictEqual } from 'node:util';
import { isDictionary, parsePropertyList, propertyListLimit } from '../property-list.ts';
import { type AppFolder, contentOf, Unreadable } from './app-folder.ts';
import { type CodeSignature, readCodeSignature } from './code-signature.ts';
import { PartsOfStream, readMachO, type Slice } from './mach-o.ts';
import { type Profile, readProfile, textIn, textsIn } from './profile.ts';

/** An app as it was built and signed. */
export interface BuiltApp {
  /** Its folder within the archive, with a slash at its end. */
  readonly place: string;
  readonly bundleId: string | null;
  /** CFBundleShortVersionString, which people see. */
  readonly version: string | null;
  /** CFBundleVersion. */
  readonly build: string | null;
  readonly backgroundModes: readonly string[];
  /** The name of the program's file. */
  readonly program: string;
  readonly isForSimulator: boolean;
  /** Null: the program, or a slice of it, is not signed. */
  readonly signature: CodeSignature | null;
  /** Whether the program's slices are all signed alike. */
  readonly isSignedAlike: boolean;
  /** Null: the app contains none. */
  readonly profile: Profile | null;
  /** The texts that stand in the program, of those that were looked for. */
  readonly found: ReadonlySet<string>;
}

/** The most bytes of a program. Apple refuses those with more than 500 MB of code. */
const programLimit = 512 * 1024 * 1024;

/** The request of a reader. */
interface Wanted {
  /** To look for in the program. */
  readonly texts: readonly string[];
  /** Ends the reading. */
  readonly signal?: AbortSignal | undefined;
}

/** @throws {Unreadable}, and the reason of the signal */
export async function readBuiltApp(folder: AppFolder, wanted: Wanted): Promise<BuiltApp> {
  const info = await readInfo(folder);
  const program = textIn(info, 'CFBundleExecutable');
  if (program === null) throw new Unreadable('has an Info.plist that names no program');
  if (/[/\\]|^\.\.?$/.test(program))
    throw new Unreadable('has an Info.plist that names a program outside the app');
  const { slices, found } = await readProgram(folder, program, wanted);
  const signatures = slices.map(({ signature }) =>
    signature === null ? null : readCodeSignature(signature),
  );
  const profile = await contentOf(folder, 'embedded.mobileprovision', propertyListLimit);
  const main = slices.findIndex(({ processor }) => processor === arm64);
  return {
    place: folder.place,
    bundleId: textIn(info, 'CFBundleIdentifier'),
    version: textIn(info, 'CFBundleShortVersionString'),
    build: textIn(info, 'CFBundleVersion'),
    backgroundModes: textsIn(info, 'UIBackgroundModes'),
    program,
    isForSimulator: slices.some(({ isForSimulator }) => isForSimulator),
    signature: signatures.includes(null) ? null : (signatures.at(main) ?? null),
    isSignedAlike: signatures.every((each) => isDeepStrictEqual(each, signatures[0])),
    profile: profile === null ? null : readProfile(profile),
    found,
  };
}

/** CPU_TYPE_ARM64: every iPhone since 2013. */
const arm64 = 0x0100000c;

async function readInfo(folder: AppFolder) {
  const content = await contentOf(folder, 'Info.plist', propertyListLimit);
  if (content === null) throw new Unreadable('contains no Info.plist of an app');
  const info = parsePropertyList(content);
  if (!isDictionary(info)) throw new Unreadable('has an Info.plist that is no property list');
  return info;
}

interface Program {
  readonly slices: readonly Slice[];
  readonly found: ReadonlySet<string>;
}

/** Reads the program once, from its beginning to its end. */
async function readProgram(
  folder: AppFolder,
  name: string,
  { texts: sought, signal }: Wanted,
): Promise<Program> {
  const size = folder.sizeOf(name);
  if (size === null) throw new Unreadable('does not contain the program that its Info.plist names');
  if (size > programLimit) throw new Unreadable('has a program of more than 512 MiB');
  const parts = new PartsOfStream(readMachO(size));
  const texts = new TextsInStream(sought);
  for await (const chunk of folder.chunksOf(name)) {
    signal?.throwIfAborted();
    parts.add(chunk);
    texts.add(chunk);
  }
  const slices = parts.result();
  const isEncrypted = slices.some((slice) => slice.isEncrypted);
  return { slices, found: isEncrypted ? new Set() : texts.found };
}

/** Looks for texts in a stream, also across its chunks. */
class TextsInStream {
  readonly found = new Set<string>();
  readonly #wanted: readonly string[];
  readonly #overlap: number;
  #end = Buffer.alloc(0);

  constructor(wanted: readonly string[]) {
    this.#wanted = wanted;
    this.#overlap = Math.max(0, ...wanted.map(({ length }) => length)) - 1;
  }

  add(chunk: Buffer): void {
    const left = this.#wanted.filter((text) => !this.found.has(text));
    if (left.length === 0) return;
    const bytes = Buffer.concat([this.#end, chunk]);
    for (const text of left) if (bytes.includes(text, 0, 'latin1')) this.found.add(text);
    this.#end = bytes.subarray(Math.max(0, bytes.length - this.#overlap));
  }
}
