import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Api, api } from './api.ts';
import { sameName } from './applications.ts';
import {
  badArgument,
  badOperation,
  failureEnvelope,
  missingRight,
  successEnvelope,
} from './envelope.ts';
import { type Route, readBody, sendJson } from './http.ts';
import { Script, scriptedTimes } from './script.ts';

/**
 * `forbidden`: a right is missing; `refused`: another reason; `ignored`: reports success
 * without doing anything; `lost`: ends the connection without doing anything;
 * `unanswered`: does it, then ends the connection; `silent`: does nothing and never
 * answers.
 */
const faultKinds = ['forbidden', 'refused', 'ignored', 'lost', 'unanswered', 'silent'] as const;
type FaultKind = (typeof faultKinds)[number];

export function isFaultKind(word: string): word is FaultKind {
  return (faultKinds as readonly string[]).includes(word);
}

const maxPathLength = 300;

interface Fault {
  readonly path: string;
  readonly kind: FaultKind;
}

/** The fault of a client that dies: of this call, and of all later ones. */
interface Ending {
  readonly kind: 'lost' | 'unanswered';
  remainingCalls: number;
}

/** Faults of calls that no client can provoke by itself. */
export class Faults {
  readonly #script = new Script<Fault>();
  #ending: Ending | null = null;

  /**
   * Makes the next calls to a path fail; `times` 0 clears its faults.
   * @throws {Refusal} too many
   */
  add(path: string, kind: FaultKind, times = 1): void {
    this.#script.add({ path, kind }, times, (fault) => sameName(fault.path, path));
  }

  /** Makes all calls from the n-th on fail, as if the client had died. */
  addFrom(nth: number, kind: Ending['kind']): void {
    this.#ending = { kind, remainingCalls: nth };
  }

  /** Ends the faults that `addFrom` started. */
  clear(): void {
    this.#ending = null;
  }

  next(path: string): FaultKind | null {
    return (
      this.#nextEnding() ?? this.#script.next((fault) => sameName(fault.path, path))?.kind ?? null
    );
  }

  #nextEnding(): Ending['kind'] | null {
    if (this.#ending === null) return null;
    this.#ending.remainingCalls -= 1;
    if (this.#ending.remainingCalls > 0) return null;
    // Only the first of them may take effect.
    return this.#ending.remainingCalls === 0 ? this.#ending.kind : 'lost';
  }
}

export function faultApi(faults: Faults): Api {
  return api('/emulator/fault', 'manage-tenant', ({ parameters }) => {
    const kind = parameters.text('Fault');
    if (!isFaultKind(kind)) throw badArgument(`Fault must be one of ${faultKinds.join(', ')}.`);
    const path = parameters.shortText('Path', maxPathLength);
    faults.add(path, kind, parameters.integer('Times', scriptedTimes));
  });
}

/** The route of an API, with its faults. */
export function withFaults(route: Route, faults: Faults): Route {
  return {
    ...route,
    async answer(request, response) {
      const kind = faults.next(route.path);
      if (kind === null) return route.answer(request, response);
      if (kind === 'unanswered') {
        // The call is done, and its answer dropped: nothing of it leaves before `end`.
        response.end = () => response.destroy();
        return route.answer(request, response);
      }
      await answerWithFault(kind, route.path, request, response);
    },
  };
}

async function answerWithFault(
  kind: Exclude<FaultKind, 'unanswered'>,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  await readBody(request);
  switch (kind) {
    case 'silent':
      return;
    case 'lost':
      response.destroy();
      return;
    case 'ignored': {
      const result = plausibleResults[path.toLowerCase()]?.() ?? null;
      return sendJson(response, 200, successEnvelope(result));
    }
    default:
      return sendJson(response, 200, failureEnvelope(refusals[kind]()));
  }
}

const refusals = {
  forbidden: missingRight,
  refused: () => badOperation('The emulator was set up to refuse this call.'),
};

/** The result of a successful call. */
const plausibleResults: Readonly<Record<string, () => unknown>> = {
  '/saasmanage/importappfromtemplate': () => [
    { success: true, ID: 'OAuth2ServerClient', _RowKey: randomUUID() },
  ],
  '/saasmanage/updateapplicationde': () => ({ State: 0 }),
  '/roles/storerole': () => ({ _RowKey: randomUUID().replaceAll('-', '_') }),
  '/cdirectoryservice/createuser': () => randomUUID(),
};
