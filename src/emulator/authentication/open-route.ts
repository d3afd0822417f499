import type { IncomingMessage, ServerResponse } from 'node:http';
import { type JsonObject, parseParameters } from '../api.ts';
import { failureEnvelope, Refusal, successEnvelope } from '../envelope.ts';
import { readBody, sendJson } from '../http-messages.ts';
import type { Route } from '../route.ts';

/** A call that needs no session: its answer may set cookies. */
export interface OpenCall {
  readonly parameters: JsonObject;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** The address of an API that anybody may call, in the envelope. @param call gives `Result` @throws {Refusal} */
export function openRoute(path: string, call: (call: OpenCall) => unknown): Route {
  return {
    method: 'POST',
    path,
    async answer(request, response) {
      const body = await readBody(request);
      try {
        const result = await call({ parameters: parseParameters(body), request, response });
        sendJson(response, 200, successEnvelope(result));
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        sendJson(response, error.status, failureEnvelope(error));
      }
    },
  };
}
