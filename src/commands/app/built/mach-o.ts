// The few structures of Apple's mach-o/loader.h and mach-o/fat.h that lead to a code
// signature.
import { Unreadable } from './app-folder.ts';

/** A part of the file that is read next. */
interface Part {
  readonly from: number;
  readonly length: number;
}

/** The program for one processor. */
export interface Slice {
  readonly processor: number;
  /** The super blob of its code signature; null: it has none. */
  readonly signature: Buffer | null;
  /** Whether the App Store encrypted its code. */
  readonly isEncrypted: boolean;
  /** Whether it is made for a simulator. */
  readonly isForSimulator: boolean;
}

/** Reads parts of a file, one after the other, each after the end of the last one. */
type Reading<Result> = Generator<Part, Result, Buffer>;

const thinMagic = { 4277009102: 28, 4277009103: 32 } as const;
const fatMagic = { 3405691582: 20, 3405691583: 32 } as const;

/**
 * The most slices, bytes of load commands, and bytes of all signatures, which are kept:
 * an archive of 1 MiB may have 500 MiB of them.
 */
const slicesLimit = 16;
const commandsLimit = 1024 * 1024;
const signaturesLimit = 32 * 1024 * 1024;

/** @param size of the file */
export function* readMachO(size: number): Reading<readonly Slice[]> {
  const start = yield part({ from: 0, length: 8 }, size);
  const magic = start.readUInt32BE(0);
  if (magic !== 0xcafebabe && magic !== 0xcafebabf) {
    const slice = yield* readSlice({ start, from: 0, size, room: signaturesLimit });
    return [slice];
  }
  const slices: Slice[] = [];
  let room = signaturesLimit;
  for (const { from, length } of yield* readFatTable(start, size)) {
    const header = yield part({ from, length: 8 }, size);
    const slice = yield* readSlice({ start: header, from, size: length, room });
    room -= slice.signature?.length ?? 0;
    slices.push(slice);
  }
  return slices;
}

/** The places of the slices, the first one first. */
function* readFatTable(start: Buffer, size: number): Reading<readonly Part[]> {
  const width = fatMagic[start.readUInt32BE(0) as keyof typeof fatMagic];
  const count = start.readUInt32BE(4);
  if (count === 0 || count > slicesLimit) throw damaged();
  const table = yield part({ from: 8, length: count * width }, size);
  const parts = Array.from({ length: count }, (_, index) => {
    const at = index * width;
    if (width === 20)
      return { from: table.readUInt32BE(at + 8), length: table.readUInt32BE(at + 12) };
    return {
      from: Number(table.readBigUInt64BE(at + 8)),
      length: Number(table.readBigUInt64BE(at + 16)),
    };
  });
  return parts.map((each) => part(each, size)).sort((one, other) => one.from - other.from);
}

/** A program within a file. */
interface Bounds {
  /** Its first 8 bytes. */
  readonly start: Buffer;
  readonly from: number;
  readonly size: number;
  /** The most bytes of its signature. */
  readonly room: number;
}

function* readSlice({ start, from, size, room }: Bounds): Reading<Slice> {
  const header = thinMagic[start.readUInt32LE(0) as keyof typeof thinMagic];
  if (header === undefined) throw new Unreadable('has a program that is no Mach-O file');
  const inSlice = (at: number, length: number): Part => {
    const { from: first } = part({ from: at, length }, size);
    return { from: from + first, length };
  };
  const rest = yield inSlice(8, header - 8);
  const count = rest.readUInt32LE(8);
  const length = rest.readUInt32LE(12);
  if (length > commandsLimit) throw damaged();
  const commands = yield inSlice(header, length);
  const facts = readCommands(commands, count);
  const place = facts.signature;
  if (place !== null && place.length > room) throw damaged();
  return {
    processor: start.readUInt32LE(4),
    isEncrypted: facts.isEncrypted,
    isForSimulator: facts.isForSimulator,
    signature: place === null ? null : yield inSlice(place.from, place.length),
  };
}

const command = {
  encryption: 0x21,
  encryption64: 0x2c,
  codeSignature: 0x1d,
  buildVersion: 0x32,
};

/** Platforms of LC_BUILD_VERSION: the simulators of iOS, tvOS, watchOS and visionOS. */
const simulators = [7, 8, 9, 12];

interface CommandFacts {
  signature: Part | null;
  isEncrypted: boolean;
  isForSimulator: boolean;
}

function readCommands(commands: Buffer, count: number): CommandFacts {
  const facts: CommandFacts = { signature: null, isEncrypted: false, isForSimulator: false };
  for (let index = 0, at = 0; index < count; index++) {
    if (at + 8 > commands.length) throw damaged();
    const length = commands.readUInt32LE(at + 4);
    if (length < 8 || at + length > commands.length) throw damaged();
    readCommand(commands.subarray(at, at + length), facts);
    at += length;
  }
  return facts;
}

function readCommand(bytes: Buffer, facts: CommandFacts): void {
  const kind = bytes.readUInt32LE(0);
  if (!Object.values(command).includes(kind)) return;
  if (bytes.length < 16) throw damaged();
  const first = bytes.readUInt32LE(8);
  const second = bytes.readUInt32LE(12);
  if (kind === command.buildVersion) facts.isForSimulator = simulators.includes(first);
  else if (kind === command.codeSignature) {
    if (facts.signature !== null) throw damaged();
    facts.signature = { from: first, length: second };
  } else {
    if (bytes.length < 20) throw damaged();
    facts.isEncrypted = bytes.readUInt32LE(16) !== 0;
  }
}

/** A part that lies within the size. @throws {Unreadable} */
function part(wanted: Part, size: number): Part {
  if (wanted.from + wanted.length > size) throw damaged();
  return wanted;
}

function damaged(): Unreadable {
  return new Unreadable('has a program that is damaged or cut off');
}

/** Feeds a reading with a stream, of which it keeps only the parts that are read. */
export class PartsOfStream<Result> {
  readonly #reading: Reading<Result>;
  #next: IteratorResult<Part, Result>;
  #kept: Buffer[] = [];
  #keptLength = 0;
  #position = 0;
  #end = 0;

  constructor(reading: Reading<Result>) {
    this.#reading = reading;
    this.#next = reading.next();
  }

  /** @throws {Unreadable} */
  add(chunk: Buffer): void {
    const start = this.#position;
    this.#position += chunk.length;
    while (this.#next.done !== true) {
      const { from, length } = this.#next.value;
      if (from < this.#end) throw damaged();
      const missing = from + this.#keptLength;
      const piece = chunk.subarray(Math.max(0, missing - start), from + length - start);
      if (missing < this.#position && piece.length > 0) {
        this.#kept.push(piece);
        this.#keptLength += piece.length;
      }
      if (this.#keptLength < length) return;
      const bytes = Buffer.concat(this.#kept);
      this.#kept = [];
      this.#keptLength = 0;
      this.#end = from + length;
      this.#next = this.#reading.next(bytes);
    }
  }

  /** @throws {Unreadable} the stream ended too early */
  result(): Result {
    if (this.#next.done !== true) throw damaged();
    return this.#next.value;
  }
}
