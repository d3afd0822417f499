import { constants } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import type { TlsOptions } from 'node:tls';
import { type Alert, alerts } from './client-trust.ts';

/** TLS options that let handshakes be judged: unencrypted handshakes, each with a certificate. */
export const judgedTls = {
  maxVersion: 'TLSv1.2',
  secureOptions: constants.SSL_OP_NO_TICKET,
} as const satisfies TlsOptions;

const record = { changeCipherSpec: 20, alert: 21, handshake: 22 } as const;
const certificateMessage = 11;
const fatal = 2;

/**
 * Listens for `server`, and ends a handshake with a refused client certificate with the TLS alert that says why, as Apple
 * does. Node.js itself lets every certificate through the handshake and only then closes the connection; so the
 * Certificate message is read in transit, which TLS 1.2 sends unencrypted (RFC 5246 §7.4.6).
 */
export function listenJudged(
  server: Pick<Server, 'emit'>,
  judge: (chain: readonly Uint8Array[]) => Alert | null,
): Server {
  return createServer((socket) => server.emit('connection', new JudgedSocket(socket, judge)));
}

/** A TCP connection whose incoming bytes are also read here until the certificate has come. */
class JudgedSocket extends Duplex {
  readonly #socket: Socket;
  readonly #judge: (chain: readonly Uint8Array[]) => Alert | null;
  #handshake: HandshakeReader | null = new HandshakeReader();

  constructor(socket: Socket, judge: (chain: readonly Uint8Array[]) => Alert | null) {
    super();
    this.#socket = socket;
    this.#judge = judge;
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('end', () => this.push(null));
    socket.on('error', () => this.destroy());
    socket.on('close', () => this.destroy());
  }

  #receive(chunk: Buffer): void {
    if (this.destroyed) return;
    const chain = this.#handshake?.read(chunk) ?? null;
    const alert = chain === null ? null : this.#judge(chain);
    if (alert !== null) {
      this.#socket.write(Uint8Array.of(record.alert, 3, 3, 0, 2, fatal, alerts[alert]));
      this.destroy();
      return;
    }
    if (chain !== null || this.#handshake?.isOver === true) this.#handshake = null;
    if (!this.push(chunk)) this.#socket.pause();
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.write(chunk, done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#socket.end(() => done());
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    // An alert just written is still sent.
    this.#socket.destroySoon();
    done(error);
  }
}

/** Reads TLS records (RFC 5246 §6.2.1) for the client's Certificate message. */
class HandshakeReader {
  #records = Buffer.alloc(0);
  #messages = Buffer.alloc(0);
  /** Whether a certificate can no longer come. */
  isOver = false;

  /** The certificates, DER, once received; else null. */
  read(chunk: Buffer): readonly Uint8Array[] | null {
    this.#records = Buffer.concat([this.#records, chunk]);
    while (this.#records.length >= 5 && !this.isOver) {
      const end = 5 + this.#records.readUInt16BE(3);
      if (this.#records.length < end) return null;
      if (this.#records[0] === record.handshake)
        this.#messages = Buffer.concat([this.#messages, this.#records.subarray(5, end)]);
      else this.isOver = this.#records[0] === record.changeCipherSpec;
      this.#records = this.#records.subarray(end);
      const chain = this.#nextChain();
      if (chain !== null) return chain;
    }
    return null;
  }

  #nextChain(): readonly Uint8Array[] | null {
    while (this.#messages.length >= 4) {
      const end = 4 + this.#messages.readUIntBE(1, 3);
      if (this.#messages.length < end) return null;
      const [type, content] = [this.#messages[0], this.#messages.subarray(4, end)];
      this.#messages = this.#messages.subarray(end);
      if (type === certificateMessage) return certificatesOf(content);
    }
    return null;
  }
}

/** The list in a Certificate message (RFC 5246 §7.4.2); a damaged one is left to TLS. */
function certificatesOf(content: Buffer): readonly Uint8Array[] {
  const certificates: Uint8Array[] = [];
  for (let start = 3; start + 3 <= content.length; ) {
    const end = start + 3 + content.readUIntBE(start, 3);
    certificates.push(content.subarray(start + 3, end));
    start = end;
  }
  return certificates;
}
