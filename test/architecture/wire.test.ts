import { expect, test } from 'vitest';
import { declarations, roomOf } from '../../scripts/rooms.mjs';
import { readSource } from './source.ts';
import { type Text, textsIn } from './texts.ts';

const texts = [...readSource()].flatMap(([file, code]) => textsIn(file, code));

/**
 * The first folders of the tenant's paths: `Mobile` of `/Mobile/SetApnsCertForClientApp`,
 * as tenant/ names them.
 */
const folders = new Set(
  texts
    .filter(({ file }) => roomOf(file) === 'tenant')
    .flatMap(({ text }) => /^\/\??([\w.-]+)\//.exec(text)?.[1] ?? []),
);
const names = [...folders].map((name) => name.replaceAll('.', String.raw`\.`)).join('|');
const path = new RegExp(String.raw`(?:^|[^\w.-])(?:${names})/|/(?:${names})(?:$|\?)`);

/** Files whose texts are for people to read, and are sent to nobody. */
const forPeople: readonly (readonly [reason: string, has: (file: string) => boolean])[] = [
  ['help topics and the manual', (file) => roomOf(file) === 'reference'],
  ['declarations have the help of options, arguments and examples', isDeclaration],
  ['meanings of the settings, for the help', (file) => file === 'settings/table.ts'],
  ['hints of errors', (file) => file === 'errors/tenant-hints.ts'],
  ['descriptions in the JSON schema', (file) => file === 'commands/fleet/file/schema.ts'],
];

function isDeclaration(file: string): boolean {
  return [declarations, 'options.ts'].some((name) => file.endsWith(`/${name}`));
}

/** Texts with a path of the tenant's API, where there is to be none. */
function strayPaths(all: readonly Text[]): readonly Text[] {
  return all.filter(
    ({ file, text }) =>
      !['tenant', 'emulator'].includes(roomOf(file)) &&
      !forPeople.some(([, has]) => has(file)) &&
      path.test(text),
  );
}

test('only tenant/ and the emulator have paths of the tenant’s API', () => {
  expect(strayPaths(texts)).toEqual([]);
});

test('the paths are those that tenant/ sends to', () => {
  const known = ['Mobile', 'Security', 'OAuth2', 'Core', 'TenantConfig', 'SaasManage', 'Roles'];
  const others = ['UserMgmt', 'RedRock', 'CDirectoryService', 'Acl', 'Device', 'IosAppRest'];
  const anybodys = ['SysInfo', '.well-known', 'api', 'emulator'];
  expect([...folders].sort()).toEqual([...known, ...others, ...anybodys].sort());
});

test.each([
  ['a string', "send('/Security/Logout');"],
  ['a template', `const url = \`\${tenant}/OAuth2/Token/\${application}\`;`],
  ['a path without its first slash', "const path = 'Mobile/SetApnsCertForClientApp';"],
  ['a folder', `const url = \`\${tenant}/SaasManage\${call}\`;`],
  ['a filter', "const calls = ['/?RedRock/query'];"],
  ['a call with a query', "ask('/Core/GetTenantConfig?key=a');"],
  ['the type of a string', "let path: '/Core/GetTenantConfig';"],
])('%s would be told', (_what, code) => {
  expect(strayPaths(textsIn('commands/whoami.ts', code))).toHaveLength(1);
});

test.each([
  ['a comment', '/** `POST /Security/Logout` */'],
  ['the name of a module', "import { logout } from '../Security/Logout.ts';"],
  ['a module that is loaded later', "await import('../Security/Logout.ts');"],
  ['a word', "const right = 'Device Management';"],
])('%s is no path', (_what, code) => {
  expect(strayPaths(textsIn('commands/whoami.ts', code))).toEqual([]);
});

test('each place of texts for people has such a path, or it would not be named here', () => {
  for (const [reason, has] of forPeople.slice(1))
    expect([reason, texts.some(({ file, text }) => has(file) && path.test(text))]).toEqual([
      reason,
      true,
    ]);
});
