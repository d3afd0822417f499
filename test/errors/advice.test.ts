import { expect, test } from 'vitest';
import { hintsFor } from '../../src/errors/advice.ts';
import { CliError } from '../../src/errors/cli-error.ts';
import { nowhere } from '../../src/errors/hint.ts';
import { shellWord } from '../../src/text/shell.ts';

test('a command in a hint goes where the user went, but creates nothing under a mistyped ID', () => {
  const facts = { cause: 'application', appId: 'tpyo' } as const;
  const error = new CliError('sign-in-failed', 'Unknown application', { facts });
  const given = { ...nowhere, tenant: 'https://a.example', appId: 'tpyo', clientId: 'me' };
  expect(hintsFor(error, given).join('\n')).toMatch(
    /`mfa-cli bootstrap --tenant https:\/\/a\.example`/,
  );
  const ended = new CliError('not-signed-in', 'Not signed in');
  expect(hintsFor(ended, given).join('\n')).toContain(
    '`mfa-cli login --tenant https://a.example --app-id tpyo --client-id me`',
  );
});

test('a prompt that no option replaces needs a terminal', () => {
  expect(hintsFor(new CliError('prompt-unavailable', 'No terminal'), nowhere)).toEqual([
    'Run the command in a terminal.',
  ]);
});

test('a user in a hint is one word of a shell', () => {
  const facts = { user: 'ada; rm x' };
  const error = new CliError('sign-in-other-user', 'Another user', { facts });
  expect(hintsFor(error, nowhere).join('\n')).toContain(`--login-hint ${shellWord('ada; rm x')},`);
  expect(shellWord('ada; rm x')).toMatch(/^(['"])ada; rm x\1$/);
});

test.each([
  ['/Core/GetTenantConfig', 'mfa-cli bootstrap --read-back'],
  ['/TenantConfig/GetAdvancedConfig', 'mfa-cli bootstrap --read-back'],
  ['/RedRock/query', 'mfa-cli bootstrap --devices'],
  ['/Security/WhoAmI', 'mfa-cli bootstrap'],
  [undefined, 'mfa-cli bootstrap'],
])('where the scope lacks %s, the hint is to run `%s`', (path, command) => {
  const facts = { lacks: 'scope', ...(path !== undefined && { path }) } as const;
  const error = new CliError('tenant-forbidden', 'Not allowed', { facts });
  expect(hintsFor(error, nowhere).join('\n')).toContain(`\`${command}\``);
});

test('where the scope lacks an API that bootstrap does not allow, the hint names it', () => {
  const facts = { lacks: 'scope', path: '/UserMgmt/GetUserInfo' } as const;
  const hints = hintsFor(new CliError('tenant-forbidden', 'Not allowed', { facts }), nowhere);
  expect(hints.join('\n')).toContain('/?UserMgmt/GetUserInfo');
  expect(hints.join('\n')).not.toContain('bootstrap');
});
