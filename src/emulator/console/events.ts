import type { ServerResponse } from 'node:http';
import type { ConsoleState } from '../browser/console/state.ts';

/** The pages that follow a tenant, each told what has changed since it was last told something. */
export interface Events {
  /** Something may have changed. */
  noted(): void;
  /** Tells of all from now on, until the browser leaves. @param isWelcome asked before each event @returns whether there is room */
  follow(response: ServerResponse, isWelcome: () => boolean): boolean;
}

/** Milliseconds in which changes come together. */
const pause = 100;

/** More than any person has open. */
const mostFollowers = 50;

/** Server-sent events. @see https://html.spec.whatwg.org/multipage/server-sent-events.html */
export function createEvents(read: () => Promise<ConsoleState>): Events {
  const followers = new Map<ServerResponse, { told: Map<string, string>; isWelcome(): boolean }>();
  let timer: NodeJS.Timeout | null = null;
  const noted = (): void => {
    if (followers.size > 0 && timer === null) timer = setTimeout(() => void tell(), pause);
  };
  const tell = async (): Promise<void> => {
    // What changes from now on is told the next time.
    timer = null;
    const state = await read();
    const texts = Object.entries(state).map(([name, value]) => [name, JSON.stringify(value)] as const);
    for (const [response, { told, isWelcome }] of followers) {
      if (!isWelcome()) {
        response.end();
        continue;
      }
      // A browser that does not read gets it all once it reads again.
      if (response.writableNeedDrain) continue;
      const changed = texts.filter(([name, text]) => name === 'now' || told.get(name) !== text);
      if (changed.length === 1) continue;
      for (const [name, text] of changed) told.set(name, text);
      response.write(`data: {${changed.map(([name, text]) => `"${name}":${text}`).join(',')}}\n\n`);
    }
  };
  return {
    noted,
    follow(response, isWelcome) {
      if (followers.size >= mostFollowers) return false;
      response.writeHead(200, {
        'Content-Type': 'text/event-stream; charset=utf-8',
        'Cache-Control': 'no-store',
        'X-Content-Type-Options': 'nosniff',
        'Cross-Origin-Resource-Policy': 'same-origin',
      });
      followers.set(response, { told: new Map(), isWelcome });
      response.once('close', () => followers.delete(response));
      response.on('drain', noted);
      noted();
      return true;
    },
  };
}
