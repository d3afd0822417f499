import { isIPv4 } from 'node:net';
import { endianness } from 'node:os';
import { systemCode } from '../errors/cli-error.ts';
import { type HeldFile, holdFile } from '../files/regular-file.ts';

/**
 * One end of a TCP connection within this machine, or a listener, as the table of Linux
 * has it.
 */
export interface SystemSocket {
  /**
   * Its address in hex, in network order: 8 digits for IPv4, alone or within IPv6, else
   * 32.
   */
  readonly local: string;
  readonly remote: string;
  readonly remotePort: number;
  readonly state: number;
  /** The user ID, as this user's namespace has it. */
  readonly user: number;
  /** 0: no program holds it, and the user means nothing. */
  readonly inode: number;
}

export interface Endpoint {
  /** Of IPv4, alone or within IPv6, or `::1`. */
  readonly address: string;
  readonly port: number;
}

/** States of the kernel, by its include/net/tcp_states.h. */
export const socketState = { established: 0x01, listening: 0x0a } as const;

/**
 * The sockets of a local port in the text of /proc/net/tcp, of tcp6, or of both.
 * @param order how this machine stores a number, as the kernel writes an address by words
 *   of 32 bits
 * @see proc_net_tcp.txt of the Linux kernel: number, local and remote address, state,
 *   three fields, user, timeout, inode
 */
export function parseSocketTable(
  table: string,
  port: number,
  order: 'LE' | 'BE' = endianness(),
): readonly SystemSocket[] {
  const local = port.toString(16).toUpperCase().padStart(4, '0');
  if (!table.includes(`:${local} `)) return [];
  const address = '([0-9A-F]{8}|[0-9A-F]{32})';
  const ends = `${address}:${local} ${address}:([0-9A-F]{4})`;
  const owner = '\\S+ \\S+ \\S+ +(\\d+) +\\d+ +(\\d+) ';
  const row = new RegExp(`^ *\\d+: ${ends} ([0-9A-F]{2}) ${owner}`, 'gm');
  return Array.from(
    table.matchAll(row),
    ([, near = '', far = '', remotePort = '', state = '', user, inode]) => ({
      local: inNetworkOrder(near, order),
      remote: inNetworkOrder(far, order),
      remotePort: Number.parseInt(remotePort, 16),
      state: Number.parseInt(state, 16),
      user: Number(user),
      inode: Number(inode),
    }),
  );
}

/** The sockets at the near end of a connection: none, or one. */
export function socketsBetween(
  table: string,
  near: Endpoint,
  far: Endpoint,
): readonly SystemSocket[] {
  return parseSocketTable(table, near.port).filter(
    ({ local, remote, remotePort }) =>
      local === inHex(near.address) && remote === inHex(far.address) && remotePort === far.port,
  );
}

/**
 * The listeners that get the connections to an address: those at that address, else those
 * at every address.
 */
export function listenersAt(table: string, { address, port }: Endpoint): readonly SystemSocket[] {
  const listeners = parseSocketTable(table, port).filter(
    ({ state }) => state === socketState.listening,
  );
  const places = [inHex(address), ...(isIPv4(plain(address)) ? ['0'.repeat(8)] : []), anyAddress];
  const place = places.find((one) => listeners.some(({ local }) => local === one));
  return listeners.filter(({ local }) => local === place);
}

/** `::`, whose listeners serve IPv4 as well, unless they say otherwise. */
const anyAddress = '0'.repeat(32);

/**
 * An address as the kernel writes it, in network order; IPv4 within IPv6 loses its
 * prefix.
 */
function inNetworkOrder(digits: string, order: 'LE' | 'BE'): string {
  const words = digits.match(/.{8}/g) ?? [];
  const bytes = words.map((word) => {
    const inWord = word.match(/../g) ?? [];
    return (order === 'LE' ? inWord.reverse() : inWord).join('');
  });
  return bytes
    .join('')
    .toLowerCase()
    .replace(/^0{20}f{4}/, '');
}

function inHex(address: string): string {
  if (address === '::1') return `${'0'.repeat(31)}1`;
  const bytes = plain(address).split('.');
  return bytes.map((byte) => Number(byte).toString(16).padStart(2, '0')).join('');
}

function plain(address: string): string {
  return address.replace(/^::ffff:/i, '');
}

/**
 * The tables of this machine's sockets, of both families. Each takes milliseconds to
 * read.
 */
export interface SocketTable {
  /**
   * The result of a search in the table of IPv4, else in both. Throws if they cannot be
   * read, or are too long.
   */
  search<Found>(find: (text: string) => Found | null): Found | null;
  /**
   * One of the listeners that get the connections to an address: they belong to one user.
   * Throws like `search`.
   */
  listenerAt(endpoint: Endpoint): SystemSocket | null;
  /** The same, among those that `listenerAt` read last. */
  pastListenerAt(endpoint: Endpoint): SystemSocket | null;
  close(): void;
}

/** The size limit of a table, in bytes: some 200,000 sockets. */
const tableLimit = 32 * 1024 * 1024;

/**
 * Opens the tables of Linux, and holds them open: another user who uses up the
 * descriptors of this process hides no owner. Null on systems without such tables. Throws
 * the system's error.
 */
export function openSocketTable(): SocketTable | null {
  if (process.platform !== 'linux') return null;
  const tcp = holdFile('/proc/net/tcp');
  const tcp6 = holdUnlessAbsent('/proc/net/tcp6');
  let listeners = '';
  const listenerIn = (rows: string, endpoint: Endpoint): SystemSocket | null => {
    listeners = rows;
    return listenersAt(rows, endpoint)[0] ?? null;
  };
  return {
    search(find) {
      const text = textOf(tcp);
      return find(text) ?? (tcp6 === null ? null : find(`${text}${textOf(tcp6)}`));
    },
    listenerAt(endpoint) {
      const rows = listenerRows(tcp, endpoint);
      const listener = listenerIn(rows, endpoint);
      if (listener !== null || tcp6 === null) return listener;
      return listenerIn(`${rows}${listenerRows(tcp6, endpoint)}`, endpoint);
    },
    pastListenerAt: (endpoint) => listenersAt(listeners, endpoint)[0] ?? null,
    close() {
      tcp.close();
      tcp6?.close();
    },
  };
}

function textOf(file: HeldFile): string {
  return file.read(tableLimit).toString('latin1');
}

/** A kernel without IPv6 has one table. */
function holdUnlessAbsent(path: string): HeldFile | null {
  try {
    return holdFile(path);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  }
}

/** Some rows. The kernel writes no more at a time, and looks for no more. */
const pieceLength = 1024;

/**
 * The listeners of a table up to the one at exactly that address, else all: they come
 * first.
 */
function listenerRows(file: HeldFile, { address, port }: Endpoint): string {
  const pieces: string[] = [];
  let rest = '';
  for (const piece of file.pieces(pieceLength)) {
    const text = rest + piece.toString('latin1');
    const end = text.lastIndexOf('\n') + 1;
    const beyond = text.slice(0, end).search(beyondListeners);
    const rows = text.slice(0, beyond < 0 ? end : beyond);
    rest = text.slice(end);
    pieces.push(rows);
    const isFound = parseSocketTable(rows, port).some(({ local }) => local === inHex(address));
    if (isFound || beyond >= 0) break;
  }
  return pieces.join('');
}

/** A row in another state. */
const beyondListeners = /^ *\d+: \S+ \S+ (?!0A)/m;
