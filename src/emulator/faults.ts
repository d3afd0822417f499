import { randomUUID } from 'node:crypto';
import { type Api, api } from './api.ts';
import {
  badArgument,
  badOperation,
  failureEnvelope,
  missingRight,
  successEnvelope,
  tooManyScripted,
} from './envelope.ts';
import { type Route, readBody, sendJson } from './http.ts';

/**
 * `forbidden`: a right is missing; `refused`: another reason; `ignored`: reports success without doing anything; `lost`: ends the
 * connection without doing anything; `unanswered`: does it, then ends the connection; `silent`: does nothing and never answers.
 */
const faultKinds = ['forbidden', 'refused', 'ignored', 'lost', 'unanswered', 'silent'] as const;
type FaultKind = (typeof faultKinds)[number];

const mostScripted = 1000;
const longestPath = 300;

/** Faults of calls that no client can provoke by itself. */
export type Faults = ReturnType<typeof createFaults>;

export function createFaults() {
  let scripted: { readonly path: string; readonly kind: FaultKind }[] = [];
  let ending: { left: number; readonly kind: 'lost' | 'unanswered' } | null = null;
  return {
    /** Makes the next calls to a path fail; `times` 0 clears its faults. @returns false if they do not fit */
    add(path: string, kind: FaultKind, times = 1): boolean {
      const name = path.toLowerCase();
      if (times === 0) scripted = scripted.filter((fault) => fault.path !== name);
      if (scripted.length + times > mostScripted) return false;
      scripted.push(...Array.from({ length: times }, () => ({ path: name, kind })));
      return true;
    },
    /** Makes all calls from the n-th on fail, as if the client had died. */
    addFrom(nth: number, kind: 'lost' | 'unanswered'): void {
      ending = { left: nth, kind };
    },
    clear(): void {
      scripted = [];
      ending = null;
    },
    next(path: string): FaultKind | null {
      // Only the first of them may take effect.
      if (ending !== null && --ending.left <= 0) return ending.left === 0 ? ending.kind : 'lost';
      const at = scripted.findIndex((fault) => fault.path === path.toLowerCase());
      return at === -1 ? null : (scripted.splice(at, 1)[0]?.kind ?? null);
    },
  };
}

export function faultApi(faults: Faults): Api {
  return api('/emulator/fault', 'manage-tenant', (call) => {
    const given = call.text('Fault');
    const kind = faultKinds.find((known) => known === given);
    if (kind === undefined) throw badArgument(`Fault must be one of ${faultKinds.join(', ')}.`);
    const times = call.integer('Times', { least: 0, most: mostScripted, otherwise: 1 });
    if (!faults.add(call.shortText('Path', longestPath), kind, times))
      throw tooManyScripted(mostScripted, 'faults');
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
