import { describe, expect, test } from 'vitest';
import { parseSelect, runSelect } from '../../src/emulator/administration/query.ts';
import type { Row } from '../../src/emulator/envelope.ts';
import { callApi } from '../support/emulator.ts';
import { startTenant } from './local-tenant.ts';
import { sessionOf } from './security-session.ts';

const people: readonly Row[] = [
  { ID: 1, Name: 'Ada', Mail: "o'hara@example.com" },
  { ID: 2, Name: 'bob', Mail: 'b_b@example.com' },
  { ID: 3, Name: 'Carol', Mail: 'b%b@other.example' },
  { ID: 4, Name: 'ada', Mail: null },
];

const run = (script: string): readonly Row[] =>
  runSelect(parseSelect(script), ['ID', 'Name', 'Mail'], people);
const ids = (script: string): readonly unknown[] => run(script).map(({ ID }) => ID);

describe('a query', () => {
  test.each([
    ['select ID from People', [1, 2, 3, 4]],
    ['SELECT * FROM People;', [1, 2, 3, 4]],
    ["select ID from People where Name='Ada'", [1]],
    ["select id from people where name = 'Ada' and ID='1'", [1]],
    ["select ID from People where Name='Ada' and ID='2'", []],
    ["select ID from People where 1=1 AND Name='ada'", [4]],
    ["select ID from People where 1=1 or Name='ada'", [1, 2, 3, 4]],
    ["select ID from People where Mail='o''hara@example.com'", [1]],
    ["select ID from People where Mail=''", [4]],
    ["select ID from People where Name LIKE 'ADA'", [1, 4]],
    ["select ID from People where Name like '%a%' or Mail like '%other%'", [1, 3, 4]],
    ["select ID from People where Mail like 'b_b@%'", [2, 3]],
    ["select ID from People where Mail like '%@example.com'", [1, 2]],
    ["select ID from People where Mail like '%b%b%c%m'", [2]],
    ["select ID from People where Mail like '_'", []],
    ["select ID from People where Mail like '%'", [1, 2, 3, 4]],
    ['select ID from People order by Name', [1, 4, 2, 3]],
    ['select ID from People ORDER BY Name COLLATE NOCASE', [1, 4, 2, 3]],
    ['select ID from People order by ID desc', [4, 3, 2, 1]],
    ['select ID from People order by ID asc', [1, 2, 3, 4]],
  ])('%s', (script, expected) => {
    expect(ids(script)).toEqual(expected);
  });

  test('gives the columns that are asked for, in the table’s spelling', () => {
    expect(run("select mail, ID from People where ID='4'")).toEqual([{ Mail: null, ID: 4 }]);
    expect(run("select * from People where ID='4'")).toEqual([{ ID: 4, Name: 'ada', Mail: null }]);
  });

  test.each([
    ['', 'the query is incomplete'],
    ['select', 'the query is incomplete'],
    ['select ID', 'the query is incomplete'],
    ['select ID, from People', 'syntax error near "People"'],
    ['delete from People', 'syntax error near "delete"'],
    ['select ID from People where', 'the query is incomplete'],
    ["select ID from People where Name='Ada", 'syntax error near "\'"'],
    ["select ID from People where Name > 'Ada'", 'syntax error near ">"'],
    ['select ID from People where ID=1', 'syntax error near "1"'],
    ["select ID from People where ID='1' and Name='a' or Name='b'", 'syntax error near "or"'],
    ['select ID from People limit 1', 'syntax error near "limit"'],
    ['select ID from People; select 1', 'syntax error near ";"'],
    ['select Other from People', 'no such column: Other'],
    ["select ID from People where Other='x'", 'no such column: Other'],
    ['select ID from People order by Other', 'no such column: Other'],
  ])('%j is not understood', (script, message) => {
    expect(() => run(script)).toThrow(`Query has failed: ${message}`);
  });

  test('of many wildcards ends soon', () => {
    const long = [{ ID: 'a'.repeat(2000) }];
    const select = parseSelect(`select ID from T where ID like '${'%a'.repeat(500)}%b'`);
    expect(runSelect(select, ['ID'], long)).toEqual([]);
  });
});

describe('the tenant', () => {
  const rows = (body: Record<string, unknown>): unknown =>
    (body.Result as { Results: readonly { Row: unknown }[] }).Results.map(({ Row }) => Row);

  test('answers in pages, with the count of all', async () => {
    const emulator = await startTenant();
    const token = await sessionOf(emulator);
    const query = async (Args: object) =>
      (
        await callApi(emulator, '/redrock/query', token, {
          Script: 'select Name from Role order by Name',
          Args,
        })
      ).body;
    const page = await query({ PageNumber: '2', PageSize: '1', Limit: 100 });
    expect(page.Result).toEqual({
      IsAggregate: false,
      Count: 1,
      Columns: [{ Name: 'Name', Title: 'Name', IsHidden: false }],
      FullCount: 3,
      Results: [
        {
          Entities: [{ Type: null, Key: 'Push Certificates', IsForeignKey: false }],
          Row: { Name: 'Push Certificates' },
        },
      ],
      ReturnID: '',
    });
    expect(rows(await query({ Limit: 1 }))).toEqual([{ Name: 'Everybody' }]);
    expect(rows(await query({ PageSize: -1 }))).toHaveLength(3);
    expect((await query({ PageSize: 'many' })).Message).toMatch(/^PageSize must be a whole number/);
  });

  test('has applications, users, roles and devices', async () => {
    const emulator = await startTenant();
    const token = await sessionOf(emulator);
    const query = async (Script: string) =>
      rows((await callApi(emulator, '/RedRock/query', token, { Script })).body);
    expect(await query("select ID from Application where ServiceName='mfa-cli'")).toEqual([
      { ID: 'c0ffee00-0000-4000-8000-00000000000a' },
    ]);
    expect(
      await query(
        "SELECT Name FROM Application WHERE 1=1 AND AppType='Web' AND WebAppType='OAuth' AND Name='mfa-cli'",
      ),
    ).toEqual([{ Name: 'mfa-cli' }]);
    expect(
      await query(
        "Select ID, Username, DisplayName, Email, MobileNumber, LastLogin, DirectoryServiceUuid from User WHERE Username='ci@example.com'",
      ),
    ).toEqual([
      {
        ID: 'c0ffee00-0000-4000-8000-000000000003',
        Username: 'ci@example.com',
        DisplayName: 'Pipelines',
        Email: 'ci@example.com',
        MobileNumber: '+15550100',
        LastLogin: null,
        DirectoryServiceUuid: '09B9A9B0-6CE8-465F-AB03-65766D33B05E',
      },
    ]);
    expect(await query("select ID from Role where Name='System Administrator'")).toEqual([
      { ID: 'sysadmin' },
    ]);
    const phone = { OSVersion: '18.0', Name: 'iPhone', Udid: 'the-udid' };
    await callApi(emulator, '/Device/EnrollIosDevice', token, phone);
    expect(await query("select * from Device where Owner='admin@example.com'")).toEqual([
      {
        ID: 'the-udid',
        DeviceID: 'the-udid',
        Name: 'iPhone',
        OSVersion: '18.0',
        InternalDeviceType: 'I',
        Owner: 'admin@example.com',
        OwnerID: 'c0ffee00-0000-4000-8000-000000000001',
        State: 'Enrolled',
      },
    ]);
  });

  test.each([
    ['select * from Server', 'Query has failed: no such table: Server'],
    ['@/lib/other.js()', 'Query has failed: no such script'],
    ['@@Other', 'Query has failed: no such script'],
    ['', 'The required parameter Script is missing.'],
  ])('does not run %j', async (Script, message) => {
    const emulator = await startTenant();
    const { body } = await callApi(emulator, '/RedRock/query', await sessionOf(emulator), { Script });
    expect(body).toMatchObject({ success: false, Result: null, Message: message });
  });
});
