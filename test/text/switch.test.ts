import { expect, test } from 'vitest';
import { isOn } from '../../src/text/switch.ts';

test.each([undefined, '', '0', 'false'])('a switch is off with %o', (value) => {
  expect(isOn(value)).toBe(false);
});

test.each(['1', 'true', 'no', 'off', 'FALSE', ' '])('a switch is on with %o', (value) => {
  expect(isOn(value)).toBe(true);
});
