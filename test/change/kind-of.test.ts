import { describe, expect, test } from 'vitest';
import { isAboutForm, kindOf } from '../../src/change/judge-answer.ts';
import type { HttpResponse } from '../../src/network/http.ts';

function answer(status: number, body: string, headers: object = {}): HttpResponse {
  return { status, headers: { 'content-length': '9', ...headers }, body } as HttpResponse;
}

function unframed(status: number, body: string): HttpResponse {
  return { status, headers: {}, body } as HttpResponse;
}

const page = '<!DOCTYPE html><title>Sign in</title>';
const bodies = {
  success: '{"success":true,"Result":null}',
  failure: '{"success":false,"Message":"no","MessageID":"_I18N_No"}',
  right: '{"success":false,"Message":"no","MessageID":"_I18N_UnauthorizedAccess"}',
  parameter: '{"success":false,"MessageID":"_I18N_RequiredParameterMissing"}',
  file: '{"success":false,"Message":"The specified network password is not correct."}',
  fileByPassword: '{"success":false,"Message":"The password is not correct."}',
  fileByPkcs: '{"success":false,"Message":"The PKCS#12/PFX violated a limit."}',
  fileByPkcsApart: '{"success":false,"Message":"Bad PKCS #12 file."}',
  fileById: '{"success":false,"MessageID":"System.Security.CryptographicException"}',
  json: '{"error":"no"}',
  jsonRight: '{"MessageID":"_I18N_UnauthorizedAccess"}',
  page,
};

/** The kind of each body at a status, from the first status of a row to its last. */
const kinds: readonly (readonly [keyof typeof bodies, readonly number[], string])[] = [
  ['success', [200, 299], 'done'],
  ['success', [300, 399], 'redirect'],
  ['success', [400, 403, 499], 'refused'],
  ['success', [401], 'out-of-scope'],
  ['success', [429], 'limited'],
  ['success', [500, 502, 504, 599], 'fault'],
  ['failure', [200, 299, 400, 402, 404, 499], 'refused'],
  ['failure', [403], 'forbidden'],
  ['failure', [500, 503], 'fault'],
  ['right', [200, 400, 403, 500], 'forbidden'],
  ['parameter', [200, 400, 500], 'missing-parameter'],
  ['file', [200, 400, 500], 'refused-file'],
  ['fileByPassword', [200, 400, 500], 'refused-file'],
  ['fileByPkcs', [200, 400, 500], 'refused-file'],
  ['fileByPkcsApart', [200, 400, 500], 'refused-file'],
  ['fileById', [200, 400, 500], 'refused-file'],
  ['json', [200, 299], 'foreign'],
  ['json', [400, 403, 499], 'refused-json'],
  ['json', [500, 501, 505], 'server-error'],
  ['jsonRight', [200], 'foreign'],
  ['jsonRight', [400, 403, 404, 499], 'forbidden'],
  ['jsonRight', [500], 'server-error'],
  ['json', [502, 503, 504], 'gateway'],
  ['page', [200, 299], 'foreign'],
  ['page', [300, 399], 'redirect'],
  ['page', [400, 403, 404, 499], 'refused-page'],
  ['page', [500, 501, 505], 'server-error'],
  ['page', [502, 504], 'gateway'],
];

describe('what arrived', () => {
  test.each(
    kinds.flatMap(([body, statuses, kind]) => statuses.map((status) => [body, status, kind])),
  )('%s with HTTP %i is %s', (body, status, kind) => {
    expect(kindOf(answer(Number(status), bodies[body as keyof typeof bodies]))).toBe(kind);
  });

  test.each([
    ['a half of JSON, unframed,', unframed(200, '{"success":tr'), 'cut'],
    ['a half of JSON, framed,', answer(200, '{"success":tr'), 'foreign'],
    ['JSON, unframed,', unframed(200, '{"error":"no"}'), 'foreign'],
    ['a page, unframed,', unframed(200, page), 'foreign'],
    ['nothing, unframed,', unframed(200, ' '), 'foreign'],
  ])('%s is of its kind', (_what, arrived, kind) => {
    expect(kindOf(arrived)).toBe(kind);
  });

  test.each([
    ['HTTP 415', answer(415, bodies.json), true],
    ['an ID of JSON', answer(400, '{"success":false,"MessageID":"_I18N_JsonInvalid"}'), true],
    ['a page that refuses', answer(400, page), true],
    ['a page that accepts', answer(200, page), false],
    ['other words', answer(400, bodies.failure), false],
    ['an ID that is none', answer(400, '{"success":false,"MessageID":{"Json":1}}'), false],
  ])('%s concerns the form, or not', (_what, arrived, isAbout) => {
    expect(isAboutForm(arrived)).toBe(isAbout);
  });
});
