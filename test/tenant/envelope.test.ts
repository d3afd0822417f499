import { describe, expect, test } from 'vitest';
import type { HttpResponse } from '../../src/network/http.ts';
import { parameterFault, readEnvelope, refusalIn, requireSuccess } from '../../src/tenant/envelope.ts';
import { Secret } from '../../src/text/secret.ts';
import { failureOf } from '../support/http.ts';

const tenant = 'T';
const nothing = {
  ...{ Result: null, Message: null, MessageID: null, Exception: null, ErrorID: null, ErrorCode: null },
};
const errorId = '9e3f77bc-1111:68f24989-2222';
const no = 'tenant-refused: T refused the request';
const forbidden = 'tenant-forbidden: T does not allow this request';

interface Case {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  /** A text as it is, or a document. */
  readonly body: unknown;
}

function answer({ status = 200, headers = {}, body }: Case): HttpResponse {
  return { status, headers, body: typeof body === 'string' ? body : JSON.stringify(body) };
}

function refusal(body: object, secrets: readonly string[] = []): Promise<string> {
  const hidden = secrets.map((value) => new Secret(value));
  return failureOf(() => requireSuccess(readEnvelope(answer({ body }), tenant, hidden), tenant));
}

describe('a success', () => {
  test.each<[string, Case, unknown]>([
    ['gives its Result', { body: { ...nothing, success: true, Result: { User: 'jo' } } }, { User: 'jo' }],
    ['may have no Result', { body: { ...nothing, success: true } }, null],
    ['is spelt in any case', { body: { Success: true, Result: 1 } }, 1],
    ['is spelt in capitals', { body: { SUCCESS: true, Result: [2] } }, [2]],
    ['may come with the last status that is none', { status: 399, body: { success: true, Result: 3 } }, 3],
    ['may come with another status', { status: 201, body: { success: true, Result: 3 } }, 3],
  ])('%s', (_case, given, result) => {
    expect(requireSuccess(readEnvelope(answer(given), tenant, []), tenant)).toEqual(result);
  });
});

describe('a refusal', () => {
  const unauthorized = '_I18N_System.UnauthorizedAccessException';
  const scope = '_I18N_ServiceUnauthorizedAccess';
  const reader = '_I18N_Newtonsoft.Json.JsonReaderException';
  const ids = { MessageID: '_I18N_NoKey', ErrorID: errorId };
  const told = `MessageID _I18N_NoKey, ErrorID ${errorId}`;
  test.each<[object, string]>([
    [
      { ...nothing, Message: 'You need to have APNSCertificate management rights to use this API.' },
      `${forbidden}: You need to have APNSCertificate management rights to use this API`,
    ],
    [{ Message: 'All rights reserved.' }, `${no}: All rights reserved`],
    [{ ...nothing, Message: 'No such key.', ...ids }, `${no}: No such key (${told})`],
    [nothing, no],
    [{ Message: '', MessageID: '' }, no],
    [{ Message: { a: 1 }, MessageID: 7, ErrorID: errorId }, `${no} (ErrorID ${errorId})`],
    [{ Message: 'a. b..' }, `${no}: a. b.`],
    [{ Message: 'No.', MessageID: unauthorized }, `${forbidden}: No (MessageID ${unauthorized})`],
    [{ MessageID: scope }, `${forbidden} (MessageID ${scope})`],
    [{ Message: 'No', MessageID: '_I18N_Required' }, `${no}: No (MessageID _I18N_Required)`],
    [{ Message: 'No', MessageID: reader }, `${no}: No (MessageID ${reader})`],
  ])('of %j', async (members, expected) => {
    expect(await refusal({ success: false, ...members })).toBe(expected);
    expect(await refusal({ Success: false, ...members })).toBe(expected);
  });
});

test('a right that is missing is told from a page of a proxy by its identifier', () => {
  const body = JSON.stringify({ success: false, MessageID: 'UnauthorizedAccess' });
  const envelope = readEnvelope(answer({ body }), tenant, []);
  expect(() => requireSuccess(envelope, tenant)).toThrow(
    expect.objectContaining({ code: 'tenant-forbidden', facts: { messageId: 'UnauthorizedAccess' } }),
  );
});

describe('the words of the tenant', () => {
  const said = async (Message: string, secrets: readonly string[] = []): Promise<string> =>
    (await refusal({ success: false, Message }, secrets)).replace(`${no}: `, '');

  test.each([
    ['ANSI escapes', '\u001b[31mred\u001b[0m and \u001b]0;title\u0007back', 'red and back'],
    ['line breaks', 'one\r\n\ttwo', 'one two'],
    ['other control characters', 'a\u0000b\u0008c\u007fd\u009be', 'a b c d e'],
    ['characters that turn the direction of text', 'abc\u202edcba\u2066', 'abc dcba'],
    ['line separators', 'one\u2028two\u2029', 'one two'],
    ['letters of any language', 'Schlüssel 鍵 🔑 unbekannt', 'Schlüssel 鍵 🔑 unbekannt'],
    ['a long text', 'x'.repeat(10_000), `${'x'.repeat(500)}…`],
  ])('%s', async (_case, message, expected) => {
    expect(await said(message)).toBe(expected);
  });

  test.each([
    ['a secret', 'wrong: hunter22!', ['hunter22'], 'wrong: [secret]!'],
    ['the word of the mask', 'got {"p":"secret"}', ['secret', 'hunter22'], 'got {"p":"[secret]"}'],
    ['a secret over the end', `${'x'.repeat(497)}hunter22`, ['hunter22'], `${'x'.repeat(497)}[se…`],
  ])('%s', async (_case, message, secrets, expected) => {
    expect(await said(message, secrets)).toBe(expected);
  });

  test('hold no secret in the identifiers either', async () => {
    const members = { success: false, Message: null, MessageID: 'id-hunter22', ErrorID: 'hunter22' };
    expect(await refusal(members, ['hunter22'])).toBe(`${no} (MessageID id-[secret], ErrorID [secret])`);
  });
});

describe('what is no envelope', () => {
  const strange = (what: string): string => `tenant-not-json: T did not answer like a tenant: ${what}`;
  const away = (status: number) => `tenant-unreachable: T is not available (HTTP ${status})`;
  const id = `ErrorID ${errorId}`;
  const often = 'rate-limited: T received too many requests (HTTP 429)';
  const html = { 'content-type': 'text/html; charset=utf-8' };
  const right = { success: false, Message: 'Right missing.', ErrorID: errorId };
  const oauth = { error: 'invalid_request', error_description: 'x' };

  test.each<[string, Case, string]>([
    ['403 without an envelope', { status: 403, body: '' }, `${forbidden} (HTTP 403)`],
    ['403 with a page', { status: 403, body: '<html></html>' }, `${forbidden} (HTTP 403)`],
    ['403 with an envelope', { status: 403, body: right }, `${forbidden}: Right missing (${id})`],
    ['403 that claims success', { status: 403, body: { success: true } }, forbidden],
    ['429', { status: 429, body: '' }, often],
    ['429 with an envelope', { status: 429, body: { success: false, Message: 'slow down' } }, often],
    ['400 with the JSON of OAuth', { status: 400, body: oauth }, `${no} (HTTP 400)`],
    ['500 that claims success', { status: 500, body: { success: true } }, `${no} (HTTP 500)`],
    ['500 with JSON', { status: 500, body: {} }, `${no} (HTTP 500)`],
    ['500 with a page', { status: 500, headers: html, body: 'x' }, strange('an HTML page (HTTP 500)')],
    ['503 with a page', { status: 503, headers: html, body: '<p>' }, away(503)],
    ['501', { status: 501, body: '' }, strange('an empty answer (HTTP 501)')],
    ['502', { status: 502, body: '' }, away(502)],
    ['504', { status: 504, body: '' }, away(504)],
    ['505', { status: 505, body: '' }, strange('an empty answer (HTTP 505)')],
    ['400 that claims success', { status: 400, body: { success: true } }, `${no} (HTTP 400)`],
    ['a text that speaks of a page', { body: 'see <html>' }, strange('no JSON (HTTP 200)')],
    ['200 with a page', { headers: html, body: '<p>Sign in</p>' }, strange('an HTML page (HTTP 200)')],
    ['200 with a page without a type', { body: '\n<!DOCTYPE html>' }, strange('an HTML page (HTTP 200)')],
    ['404 with a page', { status: 404, body: '<HTML>' }, strange('an HTML page (HTTP 404)')],
    ['an empty answer', { body: ' \n' }, strange('an empty answer (HTTP 200)')],
    ['broken JSON', { body: '{"success":tr' }, strange('no JSON (HTTP 200)')],
    ['JSON without success', { body: { Result: 1 } }, strange('JSON without "success" (HTTP 200)')],
    ['success that is no truth', { body: { success: 'true' } }, strange('JSON without "success" (HTTP 200)')],
    ['JSON that is a list', { body: [true] }, strange('JSON without "success" (HTTP 200)')],
    ['JSON that is null', { body: 'null' }, strange('JSON without "success" (HTTP 200)')],
  ])('%s', async (_case, given, expected) => {
    expect(await failureOf(() => readEnvelope(answer(given), tenant, []))).toBe(expected);
  });

  test('400 with an envelope is a refusal in the words of the tenant', async () => {
    const given = answer({ status: 400, body: { success: false, Message: 'No.' } });
    expect(await failureOf(() => requireSuccess(readEnvelope(given, tenant, []), tenant))).toBe(`${no}: No`);
  });
});

const page = '<!doctype html>';

const missing = '{"success":false,"MessageID":"UnauthorizedAccess"}';
const strange = (what: string) => `tenant-refused: T did not answer like a tenant: ${what}`;
test.each<[number, string, string | null]>([
  [200, '{"success":true}', null],
  [200, '[1]', null],
  [200, 'text', null],
  [200, '', null],
  [299, 'text', null],
  [200, '{"success":false,"Message":"no hunter22"}', `${no}: no [secret]`],
  [200, missing, `${forbidden} (MessageID UnauthorizedAccess)`],
  [403, '', `${forbidden} (HTTP 403)`],
  [
    400,
    '{"Message":"You need to have APNSCertificate management rights to use this API."}',
    `${forbidden} (HTTP 400)`,
  ],
  [429, '', 'rate-limited: T received too many requests (HTTP 429)'],
  [400, '{}', `${no} (HTTP 400)`],
  [503, '', 'tenant-refused: T is not available (HTTP 503)'],
  [404, page, strange('an HTML page (HTTP 404)')],
  [300, '', strange('an empty answer (HTTP 300)')],
  [200, page, 'tenant-not-json: T did not answer like a tenant: an HTML page (HTTP 200)'],
])('what speaks against %i %s: %s', (status, body, expected) => {
  const error = refusalIn({ status, headers: {}, body }, 'T', [new Secret('hunter22')]);
  expect(error && `${error.code}: ${error.message}`).toBe(expected);
});

const names = ['ClientAppKey', 'APNSCert', 'APNSPass', 'APNSTopic'];
const judge = (body: unknown, status = 200) => parameterFault(answer({ status, body }), names);
const refused = (Message: string | null, MessageID: string | null = null) => ({
  ...{ success: false, Result: null, Message, MessageID, Exception: null },
});

test.each<[string, unknown, number?]>([
  ["the vendor's key", refused('Parameter required', '_I18N_RequiredParameter')],
  ['the key in another case', refused(null, '_I18N_requiredparameter')],
  ['a .NET exception', refused('Value cannot be null.', '_I18N_System.ArgumentNullException')],
  ['a sentence', refused('The required parameter ClientAppKey is missing.')],
  ['a name in another case', refused('clientappkey was not provided')],
  ['a name in quotes', refused("Value cannot be null. (Parameter 'APNSCert')")],
  ['.NET Framework', refused('Value cannot be null.\r\nParameter name: APNSTopic')],
  ['a validator', refused('The APNSPass field is required.')],
  ['an empty one', refused('ClientAppKey must not be empty')],
  ['one that must be given', refused('APNSCert must be specified')],
  ['another status', refused('Missing parameter: APNSCert'), 400],
  ['model validation', { Message: 'Invalid', ModelState: { x: ['The APNSCert field is required.'] } }, 400],
  ['a list of keys', { success: false, MessageID: ['_I18N_RequiredParameter'] }],
  ['OAuth', { error: 'invalid_request', error_description: 'missing ClientAppKey' }, 400],
])('%s says that a parameter is missing', (_case, body, status) => {
  expect(judge(body, status)).toBe('missing');
});

test.each<[string, unknown, number?]>([
  ['JSON', refused('Unexpected character', '_I18N_Newtonsoft.Json.JsonReaderException')],
  ['a media type', '', 415],
  ['a media type, said as JSON,', {}, 415],
  ['a page', '<html>Bad request</html>', 400],
])('%s that cannot be read', (_case, body, status) => {
  expect(judge(body, status)).toBe('unreadable');
});

test.each<[string, unknown, number?]>([
  ['a wrong password', refused('The specified network password is not correct.')],
  ['a name and nothing missing', refused('ClientAppKey com.example.app is not allowed.')],
  ['no base64', refused('The input is not a valid Base-64 string', '_I18N_System.FormatException')],
  ['something else that is missing', refused('The certificate is missing its private key.')],
  ['a longer name', refused('APNSCertificate is missing')],
  ['a name that ends so', refused('MyAPNSCert is missing')],
  ['a word that begins so', refused('APNSCert is nullable')],
  ['a word that ends so', refused('APNSCert is nonempty')],
  ['a key of another name', { ...refused(null), ParentMessageID: '_I18N_RequiredParameter, or Json' }],
  ['a page that is no failure', '<html>'],
  ['a right that is missing', refused('You are not authorized', '_I18N_System.UnauthorizedAccessException')],
  ['no words', refused(null)],
  ['no words beside a value', { ...refused(null), Result: { ClientAppKey: null } }],
  ['500 with JSON', {}, 500],
  ['500 with a page', '<html>', 500],
  ['a time-out of a proxy', '<html>', 524],
])('%s is about something else', (_case, body, status) => {
  expect(judge(body, status)).toBe(null);
});
