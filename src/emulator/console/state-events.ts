import type { ServerResponse } from 'node:http';
import type { ConsoleState } from '../browser/console/state.ts';

/** Milliseconds in which changes are collected. */
const delay = 100;

const maxFollowers = 50;

const headers = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/** The pages that follow a tenant by server-sent events. */
export class StateEvents {
  readonly #read: () => Promise<ConsoleState>;
  /** The pages, and whether each may still see the state. */
  readonly #followers = new Map<ServerResponse, () => boolean>();
  #timer: NodeJS.Timeout | null = null;

  constructor(read: () => Promise<ConsoleState>) {
    this.#read = read;
  }

  notifyChanged(): void {
    if (this.#followers.size === 0) return;
    this.#timer ??= setTimeout(() => void this.#send(), delay);
  }

  /**
   * Sends the state after each change until the browser leaves.
   * @param isAllowed asked before each event @returns false if there are too many pages
   */
  follow(response: ServerResponse, isAllowed: () => boolean): boolean {
    if (this.#followers.size >= maxFollowers) return false;
    response.writeHead(200, headers);
    this.#followers.set(response, isAllowed);
    response.once('close', () => this.#followers.delete(response));
    response.on('drain', () => this.notifyChanged());
    this.notifyChanged();
    return true;
  }

  async #send(): Promise<void> {
    // Later changes are sent the next time.
    this.#timer = null;
    const text = JSON.stringify(await this.#read());
    for (const [response, isAllowed] of this.#followers) {
      if (!isAllowed()) response.end();
      // A browser that does not read gets the state when it reads again.
      else if (!response.writableNeedDrain) response.write(`data: ${text}\n\n`);
    }
  }
}
