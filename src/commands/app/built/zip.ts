import { isUtf8 } from 'node:buffer';
import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { type Entry, fromRandomAccessReaderPromise, RandomAccessReader, type ZipFile } from 'yauzl';
import { type LargeFile, openLargeFile } from '../../../files/regular-file.ts';
import { type AppFolder, chunksIn, Unreadable } from './app-folder.ts';

/**
 * The most entries of an archive, and the bytes that their names and extra fields may
 * have in all.
 */
const entriesLimit = 50_000;
const namesLimit = 16 * 1024 * 1024;

/** In the mode of an entry, as Unix has it. */
const typeOfFile = 0o170000;
const typeOfLink = 0o120000;

/** A file right in the folder of an app. */
const inApp = /^((?:Payload\/)?[^/]+\.app\/)([^/]+)$/;

/**
 * Works with the app of an `.ipa`.
 * @throws {Unreadable}, the system's error, and what `use` throws
 */
export async function withZip<T>(path: string, use: (folder: AppFolder) => Promise<T>): Promise<T> {
  const file = openLargeFile(path);
  try {
    const reader = new FileReader(file);
    const zip = await readable(
      fromRandomAccessReaderPromise(reader, file.size, { autoClose: false }),
    );
    return await use(folderIn(zip, await readable(appEntries(zip))));
  } finally {
    file.close();
  }
}

/** The library's errors are about the archive. */
async function readable<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    if (cause instanceof Unreadable) throw cause;
    throw new Unreadable('is not a zip archive, or is damaged', { cause });
  }
}

/** Lets the library read parts of an open file. */
class FileReader extends RandomAccessReader {
  readonly #file: LargeFile;

  constructor(file: LargeFile) {
    super();
    this.#file = file;
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(chunksIn(this.#file, start, end));
  }

  // biome-ignore lint/complexity/useMaxParams: the library calls it with these
  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    done: (error: Error | null, bytesRead?: number) => void,
  ): void {
    const bytes = this.#file.readAt(position, length);
    bytes.copy(buffer, offset);
    done(null, bytes.length);
  }

  override close(done: (error: Error | null) => void): void {
    done(null);
  }
}

/** The entries of the only app, by their names in its folder. */
interface AppEntries {
  readonly place: string;
  readonly entries: ReadonlyMap<string, Entry>;
}

async function appEntries(zip: ZipFile): Promise<AppEntries> {
  const apps = new Map<string, Map<string, Entry>>();
  if (zip.entryCount > entriesLimit)
    throw new Unreadable(`has more than ${entriesLimit.toLocaleString('en')} entries`);
  let namesLeft = namesLimit;
  for await (const entry of zip.eachEntry()) {
    namesLeft -= entry.fileNameLength + entry.extraFieldLength + entry.fileCommentLength;
    if (namesLeft < 0) throw new Unreadable('has more than 16 MiB of names');
    const [, place, name] = inApp.exec(nameOf(entry)) ?? [];
    if (place === undefined || name === undefined) continue;
    const entries = apps.get(place) ?? new Map<string, Entry>();
    if (entries.has(name)) throw new Unreadable(`has ${name} twice`);
    apps.set(place, entries.set(name, entry));
  }
  const [only, ...others] = [...apps].filter(([, entries]) => entries.has('Info.plist'));
  if (only === undefined) throw new Unreadable('contains no app');
  if (others.length > 0) throw new Unreadable('contains several apps');
  const [place, entries] = only;
  return { place, entries };
}

/** Apple's tools write UTF-8, and do not say so. */
function nameOf({ fileName, fileNameRaw }: Entry): string {
  return isUtf8(fileNameRaw) ? composed(fileNameRaw.toString('utf8')) : fileName;
}

/**
 * The system may take a name apart that the Info.plist has in one piece: `e` and its
 * accent.
 */
function composed(name: string): string {
  return name.normalize('NFC');
}

function folderIn(zip: ZipFile, { place, entries }: AppEntries): AppFolder {
  return {
    place,
    sizeOf(name) {
      const entry = entries.get(composed(name));
      if (entry === undefined) return null;
      if (!entry.canDecodeFileData())
        throw new Unreadable(`has ${name} encrypted, or compressed by another method than deflate`);
      const mode = entry.externalFileAttributes >>> 16;
      if ((mode & typeOfFile) === typeOfLink) throw new Unreadable(`has a link named ${name}`);
      return entry.uncompressedSize;
    },
    async *chunksOf(name) {
      const entry = entries.get(composed(name));
      if (entry === undefined) return;
      const stream = await readable(zip.openReadStreamPromise(entry));
      const chunks = stream[Symbol.asyncIterator]();
      let sum = 0;
      try {
        for (;;) {
          const { done, value } = await readable(chunks.next());
          if (done === true) break;
          sum = crc32(value, sum);
          yield value;
        }
      } finally {
        stream.destroy();
      }
      if (sum !== entry.crc32) throw new Unreadable(`has a damaged ${name}`);
    },
  };
}
