import type { IncomingMessage, ServerResponse } from 'node:http';
import { isObject } from '../../text/json.ts';
import { type Api, answerCall, parameter, parseParameters, requireRight, requireText } from '../api.ts';
import type { Assumptions } from '../assumptions.ts';
import type { Caller } from '../directory.ts';
import { Refusal } from '../envelope.ts';
import { readBody, sendJson } from '../http-messages.ts';
import type { AnsweredRequest } from '../server.ts';
import { readVerdict } from '../verdict.ts';

interface CallParts {
  readonly apis: readonly Api[];
  readonly assumptions: Assumptions;
  answered(request: AnsweredRequest): void;
}

/** What the console may call: what is the emulator's own, and the deletion of a certificate. */
const callable = /^\/emulator\/|^\/Mobile\/DeleteApnsCertForClientApp$/;

/**
 * Makes a call that a button stands for, as whoever is signed in to the console: `{"Api": "/emulator/apns", "Parameters": {…}}`.
 * It is among the tenant's requests, as if it had come with a token.
 */
export async function answerConsoleCall(
  caller: Caller,
  request: IncomingMessage,
  response: ServerResponse,
  { apis, assumptions, answered }: CallParts,
): Promise<void> {
  const began = performance.now();
  const asked = parseParameters(await readBody(request));
  const path = requireText(asked, 'Api');
  const api = apis.find((known) => known.path === path && callable.test(path));
  if (api === undefined) throw new Refusal('System.ArgumentException', 'The console cannot call this.');
  const parameters = parameter(asked, 'Parameters') ?? {};
  if (!isObject(parameters)) throw new Refusal('System.ArgumentException', 'Parameters must be an object.');
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const { status, answer } = await answerCall(api, assumptions, () => {
    if (api.right !== null) requireRight(caller, api.right);
    return { parameters, caller, token: '', query: new URLSearchParams(), signal: gone.signal };
  });
  const milliseconds = performance.now() - began;
  answered({ method: 'POST', path, status, milliseconds, verdict: readVerdict(answer) });
  sendJson(response, status, answer);
}
