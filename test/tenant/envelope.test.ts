import type { HttpResponse } from '../../src/network/http.ts';
import {
  judgeAnswer,
  lacksParameter,
  readEnvelope,
  refusalIn,
  requireSuccess,
} from '../../src/tenant/envelope.ts';
import { Secret } from '../../src/text/secret.ts';
import { testCases } from '../support/cases.ts';

const names = ['ClientAppKey', 'APNSCert', 'APNSPass', 'APNSTopic'];
const answer = (
  body: unknown,
  status = 200,
  headers: HttpResponse['headers'] = {},
): HttpResponse => ({
  ...{ status, headers, body: typeof body === 'string' ? body : JSON.stringify(body) },
});
const resultOf = (response: HttpResponse, secrets: readonly string[] = []) => {
  const hidden = secrets.map((secret) => new Secret(secret));
  return requireSuccess(readEnvelope(response, 'T', hidden), 'T');
};

testCases('tenant/answers', {
  'readEnvelope and requireSuccess: status, body and headers': (
    status: number,
    body: unknown,
    headers?: HttpResponse['headers'],
  ) => resultOf(answer(body, status, headers)),
  'the words of the tenant, and the secrets that are masked in them': (
    words: object,
    secrets?: readonly string[],
  ) => resultOf(answer({ success: false, ...words }), secrets),
  'refusalIn: status and body': (status: number, body: unknown) => {
    const error = refusalIn(answer(body, status), 'T', [new Secret('hunter22')]);
    if (error === null) return null;
    throw error;
  },
  'judgeAnswer: status, body and headers of the answer to a change': (
    status: number,
    body: unknown,
    headers?: HttpResponse['headers'],
  ) => judgeAnswer(answer(body, status, headers)),
  'lacksParameter: body and status': (body: unknown, status?: number) =>
    lacksParameter(answer(body, status), names),
});
