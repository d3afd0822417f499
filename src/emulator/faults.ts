import { randomUUID } from 'node:crypto';
import { type Api, api } from './api.ts';
import { sameName } from './applications.ts';
import { createScript, scriptedTimes } from './bounded.ts';
import {
  badArgument,
  badOperation,
  failureEnvelope,
  missingRight,
  successEnvelope,
} from './envelope.ts';
import { type Route, readBody, sendJson } from './http.ts';

/**
 * `forbidden`: a right is missing; `refused`: another reason; `ignored`: reports success without doing anything; `lost`: ends the
 * connection without doing anything; `unanswered`: does it, then ends the connection; `silent`: does nothing and never answers.
 */
const faultKinds = ['forbidden', 'refused', 'ignored', 'lost', 'unanswered', 'silent'] as const;
type FaultKind = (typeof faultKinds)[number];

export function isFaultKind(word: string): word is FaultKind {
  return (faultKinds as readonly string[]).includes(word);
}

const longestPath = 300;

/** Faults of calls that no client can provoke by itself. */
export type Faults = ReturnType<typeof createFaults>;

export function createFaults() {
  const script = createScript<{ readonly path: string; readonly kind: FaultKind }>();
  let ending: { left: number; readonly kind: 'lost' | 'unanswered' } | null = null;
  return {
    /** Makes the next calls to a path fail; `times` 0 clears its faults. @throws {Refusal} too many */
    add: (path: string, kind: FaultKind, times = 1): void =>
      script.add({ path, kind }, times, (fault) => sameName(fault.path, path)),
    /** Makes all calls from the n-th on fail, as if the client had died. */
    addFrom(nth: number, kind: 'lost' | 'unanswered'): void {
      ending = { left: nth, kind };
    },
    /** Ends what `addFrom` began. */
    clear(): void {
      ending = null;
    },
    next(path: string): FaultKind | null {
      // Only the first of them may take effect.
      if (ending !== null && --ending.left <= 0) return ending.left === 0 ? ending.kind : 'lost';
      return script.next((fault) => sameName(fault.path, path))?.kind ?? null;
    },
  };
}

export function faultApi(faults: Faults): Api {
  return api('/emulator/fault', 'manage-tenant', (call) => {
    const given = call.text('Fault');
    if (!isFaultKind(given)) throw badArgument(`Fault must be one of ${faultKinds.join(', ')}.`);
    faults.add(call.shortText('Path', longestPath), given, call.integer('Times', scriptedTimes));
  });
}

/** The route of an API, with its faults. */
export function withFaults(route: Route, faults: Faults): Route {
  return {
    ...route,
    async answer(request, response) {
      const kind = faults.next(route.path);
      if (kind === 'unanswered') response.end = () => response.destroy();
      if (kind === null || kind === 'unanswered') return route.answer(request, response);
      await readBody(request);
      if (kind === 'lost') response.destroy();
      else if (kind === 'ignored')
        sendJson(response, 200, successEnvelope(plausible[route.path.toLowerCase()]?.() ?? null));
      else if (kind !== 'silent') sendJson(response, 200, failureEnvelope(refusals[kind]()));
    },
  };
}

const refusals = {
  forbidden: missingRight,
  refused: () => badOperation('The emulator was set up to refuse this call.'),
};

/** The result of a successful call. */
const plausible: Readonly<Record<string, () => unknown>> = {
  '/saasmanage/importappfromtemplate': () => [
    { success: true, ID: 'OAuth2ServerClient', _RowKey: randomUUID() },
  ],
  '/saasmanage/updateapplicationde': () => ({ State: 0 }),
  '/roles/storerole': () => ({ _RowKey: randomUUID().replaceAll('-', '_') }),
  '/cdirectoryservice/createuser': () => randomUUID(),
};
