import { expect, test } from 'vitest';
import { type FindingCode, findingKinds, usualHint } from '../../src/checks/finding.ts';
import { faultsOfPrinted } from '../support/printed-commands.ts';

const codes = Object.keys(findingKinds) as FindingCode[];

test.each(codes)('the places to fill in the hint of %s have a name each', async (code) => {
  const hint = usualHint(code, { file: null });
  const [, command = ''] = /`([^`]*)`/.exec(hint) ?? [];
  const places = command.match(/\b[A-Z]{3}\S*/g) ?? [];
  expect(places).toEqual([...new Set(places)]);
  expect(await faultsOfPrinted(hint)).toEqual([]);
});
