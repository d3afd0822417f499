import { expect, test } from 'vitest';
import {
  consentPage,
  identityProviderPage,
  otherPersonPage,
  portalPage,
  refusalPage,
} from '../../src/emulator/pages.ts';

const stranger = '<b>\u202egnp.exe';

test.each([
  ['consent', consentPage(stranger, stranger, [stranger])],
  ['portal', portalPage(stranger)],
  ['identity provider', identityProviderPage(stranger)],
  ['another person', otherPersonPage(stranger)],
  ['refusal', refusalPage({ error_description: stranger })],
])('nothing of a stranger’s text is hidden on the page: %s', (_name, page) => {
  expect(page).toContain('&#60;b&#62;\\u{202e}gnp.exe');
  expect(page).not.toMatch(/\u202e|<b>/);
});
