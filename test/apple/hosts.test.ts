import { describe, expect, test } from 'vitest';
import { apnsOrigin } from '../../src/apple/apns.ts';
import { CliError } from '../../src/errors/cli-error.ts';

describe('the origin of APNs', () => {
  test.each([
    ['production', undefined, 'https://api.push.apple.com'],
    ['sandbox', undefined, 'https://api.sandbox.push.apple.com'],
    ['production', 'api.push.apple.com:2197', 'https://api.push.apple.com:2197'],
    ['sandbox', '127.0.0.1:8452', 'https://127.0.0.1:8452'],
    ['sandbox', '[::1]:8452', 'https://[::1]:8452'],
    ['sandbox', 'Example.TEST', 'https://example.test'],
    ['sandbox', 'example.test:443', 'https://example.test'],
  ] as const)('of %s, instead %s', (environment, instead, origin) => {
    expect(apnsOrigin(environment, instead).origin).toBe(origin);
  });

  test.each([
    '',
    ':2197',
    'https://example.test',
    'example.test/a',
    'a@example.test',
    'a:b@c',
    'a b',
    'a:99999',
  ])('is not "%s"', (instead) => {
    const facts = { option: '--apns-host HOST:PORT', variable: 'MFA_CLI_APNS_HOST' };
    const shown = instead.includes('@') ? 'What was given' : `"${instead}"`;
    const message = `${shown} is not an APNs host: those look like api.push.apple.com:2197`;
    expect(() => apnsOrigin('production', instead)).toThrow(new CliError('usage', message, { facts }));
  });
});
