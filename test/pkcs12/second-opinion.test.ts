import { expect, test } from 'vitest';
import { compareOpinions, quick } from './second-opinion.ts';

/** What node-forge cannot open, and docs/decisions/one-reader.md counts. */
const readerAlone = [
  '05-rc2-128.p12',
  '07-2des.p12',
  '11-camellia256.p12',
  '17-mac-sha224.p12',
  '17-mac-sha3-224.p12',
  '17-mac-sha3-256.p12',
  '17-mac-sha3-384.p12',
  '17-mac-sha3-512.p12',
  '17-mac-sha512-224.p12',
  '17-mac-sha512-256.p12',
  '19-pbmac1-sha3-224.p12',
  '19-pbmac1-sha3-256.p12',
  '19-pbmac1-sha3-384.p12',
  '19-pbmac1-sha3-512.p12',
  '19-pbmac1-sha512-224.p12',
  '19-pbmac1-sha512-256.p12',
  '19-pbmac1.p12',
  '22-pw-cjk.p12',
  '22-pw-latin1.p12',
  '62-scrypt-key.p12',
  '62-secret-bag.p12',
  '63-nopw-mac-empty-key-null.p12',
  '63-nopw-mac-null-key-empty.p12',
  '64-pbes2-utf8-mac-bmp.p12',
];

/** What the reader refuses on purpose: an iteration count of zero. */
const forgeAlone = ['65-pbes2-iter-0.p12'];

test.each(quick)('node-forge and the reader agree about %s', async (name) => {
  const opened = await compareOpinions(name);
  if (readerAlone.includes(name)) expect(opened).toBe('reader');
  else if (forgeAlone.includes(name)) expect(opened).toBe('node-forge');
  else expect(['both', 'neither']).toContain(opened);
});
