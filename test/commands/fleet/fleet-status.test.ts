import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { encodeLine } from '../../../src/change/ledger-line.ts';
import { createMachine } from '../../support/context.ts';
import { setLine } from '../../support/fleet-status.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const fleetFile = `version: 1
certificates: { app: { p12: certs/app.p12, topic: com.example.app } }
tenants:
  acme: { tenant: acme.id.cyberark.cloud, certificate: app, sign-in: { profile: acme } }
`;

test.each(['html', 'ics', 'csv', 'prometheus', 'github', 'table'])(
  'nothing of a record turns the text of %s or reaches a terminal',
  async (format) => {
    const directory = temporaryDirectory();
    const at = (name: string): string => join(directory, name);
    writeFileSync(at('mfa-fleet.yaml'), fleetFile);
    const line = setLine('acme', 9, { topic: 'com.\u202e\u001b[31mevil' });
    writeFileSync(at('mfa-fleet.ledger.jsonl'), encodeLine(line));
    const words = ['fleet', 'status', '--file', at('mfa-fleet.yaml'), '--format', format];
    const { stdout } = await createMachine().run(words);
    await createMachine().run([...words, '--out', at('out')]);
    for (const text of [stdout, readFileSync(at('out'), 'utf8')]) {
      expect(text.length).toBeGreaterThan(100);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
      expect(/[\u202e\u001b]/.exec(text)).toBeNull();
    }
  },
);
