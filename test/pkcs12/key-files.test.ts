import { createCipheriv, generateKeyPairSync, hash, type KeyObject } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { CliError } from '../../src/errors/cli-error.ts';
import { type Asn1, make, toDer } from '../../src/pkcs12/asn1.ts';
import { readCertificateFile } from '../../src/pkcs12/certificate-file.ts';
import { encodePemBlock } from '../../src/pkcs12/pem.ts';
import { readPrivateKey } from '../../src/pkcs12/private-key.ts';
import { unbounded } from '../../src/text/pace.ts';
import { Secret } from '../../src/text/secret.ts';
import { certificate, overlongKey, pbes2, rsaKey, scryptScheme } from './build.ts';

const passphrase = 'tangerine';
const iv = Buffer.alloc(16, 7);
const pkcs1 = rsaKey.export({ type: 'pkcs1', format: 'der' });

async function outcome(text: string | Uint8Array, password = passphrase): Promise<string | KeyObject> {
  try {
    const stored = readPrivateKey({ name: 'made.pem', bytes: Buffer.from(text) });
    return stored.kind === 'clear' ? stored.key : await stored.decrypt(new Secret(password), unbounded);
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    return `${error.code}: ${error.message}`;
  }
}

const incorrect = 'key-password-incorrect: The password does not decrypt made.pem, or the file is damaged';

describe('a key that OpenSSL encrypted under a header', () => {
  const elliptic = generateKeyPairSync('ec', { namedCurve: 'secp384r1' }).privateKey;
  const forms = [
    ['RSA', rsaKey, 'pkcs1'],
    ['EC', elliptic, 'sec1'],
  ] as const;
  const ciphers = ['aes-128-cbc', 'aes-256-cbc', 'des-ede3-cbc'];
  const cases = forms.flatMap(([name, key, type]) =>
    ciphers.map((cipher) => [name, cipher, key, type] as const),
  );

  test.each(cases)('%s, %s', async (_name, cipher, key, type) => {
    const text = key.export({ type, format: 'pem', cipher, passphrase } as never) as string;
    expect(text).toContain('Proc-Type: 4,ENCRYPTED');
    const read = await outcome(text);
    expect(read instanceof Object && read.equals(key)).toBe(true);
    expect(await outcome(text.replaceAll('\n', '\r\n'))).toEqual(read);
    expect(await outcome(text, 'clementine')).toBe(incorrect);
  });

  const [ctr, cbc] = ['CTR', 'CBC'].map((mode) => `AES-128-${mode},${iv.toString('hex')}`);
  test.each([
    ['of an unknown name', 'NO-SUCH-CIPHER,00'],
    ['that is no CBC', `AES-128-GCM,${'00'.repeat(12)}`],
    ['of streams', `${ctr}`, 'aes-128-ctr'],
    ['without an IV', 'AES-128-CBC,'],
    ['with a short IV', 'AES-128-CBC,0011'],
    ['in another header', `AES-128-CBC,\nX-DEK-Info: ${cbc}`],
    ['with more behind its IV', `${cbc}x`],
  ])('a cipher %s is not decrypted', async (_name, info, name = 'aes-128-cbc') => {
    expect(await outcome(encryptedUnderHeader('RSA PRIVATE KEY', pkcs1, info, name))).toBe(incorrect);
  });

  test('the header may end in blanks', async () => {
    const read = await outcome(encryptedUnderHeader('RSA PRIVATE KEY', pkcs1, `${cbc}  `));
    expect(read instanceof Object && read.equals(rsaKey)).toBe(true);
  });

  // OpenSSL would decrypt the inner key as well, at whatever cost it asks for.
  test('holds no key that is encrypted again', async () => {
    const inner = rsaKey.export({ type: 'pkcs8', format: 'der', cipher: 'aes-256-cbc', passphrase });
    expect(await outcome(encryptedUnderHeader('ENCRYPTED PRIVATE KEY', inner))).toBe(incorrect);
  });
});

/** As OpenSSL does it: the key is MD5 of the password and the start of the IV. */
function encryptedUnderHeader(
  label: string,
  der: Uint8Array,
  info = `AES-128-CBC,${iv.toString('hex').toUpperCase()}`,
  name = 'aes-128-cbc',
): string {
  const key = hash('md5', Buffer.concat([Buffer.from(passphrase), iv.subarray(0, 8)]), 'buffer');
  const cipher = createCipheriv(name, key, iv);
  const block = encodePemBlock(label, Buffer.concat([cipher.update(der), cipher.final()]));
  return block.replace('-----\n', `-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: ${info}\n\n`);
}

describe('a key file is refused', () => {
  const encrypted = (algorithm: Asn1) => toDer(make.sequence(algorithm, make.octetString(Buffer.alloc(32))));
  const scrypt =
    'is encrypted with an unsupported algorithm: PBES2-AES-256-CBC with scrypt, N=65536, r=1, p=1';
  const count = 'has an iteration count of 2,000,001, above 2,000,000';
  const long = toDer(make.sequence(make.integer(0), make.octetString(Buffer.alloc(20_000))));
  const overlong = encodePemBlock('PRIVATE KEY', overlongKey());
  test.each([
    ['for scrypt parameters that OpenSSL refuses', encrypted(scryptScheme(65_536, 1, 1)), scrypt],
    ['for its count', encrypted(pbes2('1.2.840.113549.2.9', 2_000_001)), count],
    ['for its length', long, 'has a private key of 20,011 bytes, more than 16,384'],
    ['for a number beyond its curve', overlong, 'is damaged: its private key cannot be read'],
  ])('%s', async (_name, der, message) => {
    expect(await outcome(der)).toBe(`key-not-recognised: made.pem ${message}`);
  });
});

describe('the certificates of a file are counted before one is read', () => {
  const read = (pem: string) => readCertificateFile({ name: 'made.pem', bytes: Buffer.from(pem) }, unbounded);

  test('too many', async () => {
    const noise = encodePemBlock('CERTIFICATE', Buffer.from('noise'));
    await expect(read(noise.repeat(257))).rejects.toMatchObject({
      code: 'certificate-not-recognised',
      message: 'made.pem holds 257 certificates, more than 256',
    });
  });

  test('as many as may be', async () => {
    const one = encodePemBlock('CERTIFICATE', certificate({ subject: [['2.5.4.3', 'one']] }));
    expect(await read(one.repeat(256))).toHaveLength(256);
  });
});
