import { expect, test } from 'vitest';
import { parameterFault } from '../../src/tenant/envelope.ts';

const names = ['ClientAppKey', 'APNSCert', 'APNSPass', 'APNSTopic'];
const judge = (body: unknown, status = 200) =>
  parameterFault(
    { status, headers: {}, body: typeof body === 'string' ? body : JSON.stringify(body) },
    names,
  );
const refused = (Message: string | null, MessageID: string | null = null) => ({
  success: false,
  Result: null,
  Message,
  MessageID,
  Exception: null,
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
  [
    'a file that is no base64',
    refused('The input is not a valid Base-64 string', '_I18N_System.FormatException'),
  ],
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
])('%s is about something else', (_case, body, status) => {
  expect(judge(body, status)).toBe(null);
});
