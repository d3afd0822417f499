import { isDeepStrictEqual } from 'node:util';
import { readFleet } from '../../../src/commands/fleet/file/read-fleet.ts';
import { yamlBounds } from '../../../src/commands/fleet/file/yaml.ts';
import { bytesOf, fixtures, written } from '../fixtures.ts';
import { mutateJson } from '../mutate-json.ts';
import { mutateText } from '../mutate-text.ts';
import { attempt, type Target, Violation } from '../target.ts';

const words = [
  '\n',
  '\n  ',
  '\n    ',
  '\t',
  ': ',
  ':',
  '- ',
  '? ',
  '{',
  '}',
  '[',
  ']',
  ', ',
  '"',
  "'",
  '# ',
  '|\n',
  '>-\n',
  '&a ',
  '*a',
  '<<: *a',
  '<<: ',
  '!!str ',
  '!x ',
  '---\n',
  '...\n',
  '%YAML 1.2\n',
  '\ntenants:\n',
  '\n  acme:\n',
  'version: 1\n',
  'null',
  '~',
  '0x10',
  '{ env: A }',
  'password: hunter2-secret',
];

const place = { file: 'fleet.yaml', directory: '/fleet' };

/** A fleet file: its tenants composed all together and one by one, which has to be the same. */
export const fleet: Target = {
  name: 'fleet',
  bytesLimit: 96 * 1024,
  seconds: 3,
  seeds: () => [
    ...fixtures(/^fleet\/.*\.yaml$/),
    ...written('{"version":1,"certificates":{"app":{"p12":"a"}},"tenants":{"acme":{"tenant":"a.example"}}}'),
  ],
  mutate: ({ bytes }, all, random) =>
    bytes[0] === 0x7b
      ? mutateJson(bytes, bytesOf(all), random)
      : mutateText(bytes, bytesOf(all), words, random),
  async judge(bytes) {
    const text = Buffer.from(bytes).toString('utf8');
    const whole = await attempt(() =>
      readFleet(text, place, { ...yamlBounds, batch: Number.POSITIVE_INFINITY }),
    );
    const oneByOne = await attempt(() => readFleet(text, place, { ...yamlBounds, batch: 1 }));
    if (!isDeepStrictEqual(whole, oneByOne))
      throw new Violation('is another fleet where tenants are composed one by one');
  },
};
