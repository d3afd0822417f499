/**
 * The modules of node-forge that this folder loads; importing the whole package costs ten
 * times as much.
 */

declare module 'node-forge/lib/asn1.js' {
  interface Node {
    tagClass: number;
    type: number;
    constructed: boolean;
    value: string | Node[];
  }
  interface ByteBuffer {
    length(): number;
    getByte(): number;
    getBytes(): string;
  }
  const asn1: {
    create(tagClass: number, type: number, constructed: boolean, value: string | Node[]): Node;
    fromDer(
      bytes: ByteBuffer,
      options: { parseAllBytes: boolean; decodeBitStrings: boolean },
    ): Node;
    toDer(node: Node): ByteBuffer;
    derToOid(bytes: string): string;
    oidToDer(oid: string): ByteBuffer;
    integerToDer(value: number): ByteBuffer;
  };
  export = asn1;
}

declare module 'node-forge/lib/rc2.js' {
  import type { ByteBuffer } from 'node-forge/lib/asn1.js';

  interface Decipher {
    start(iv: string): void;
    update(input: ByteBuffer): void;
    readonly output: ByteBuffer;
  }
  const rc2: {
    createDecryptionCipher(key: string, bits: number): Decipher;
  };
  export = rc2;
}

declare module 'node-forge/lib/util.js' {
  const util: {
    createBuffer(bytes: string): import('node-forge/lib/asn1.js').ByteBuffer;
    /** Base64 of a binary string, without line breaks. */
    encode64(bytes: string): string;
  };
  export = util;
}

declare module 'node-forge/lib/pem.js' {
  const pem: { encode(block: { type: string; body: string }): string };
  export = pem;
}

declare module 'node-forge/lib/x509.js' {
  import type { Node } from 'node-forge/lib/asn1.js';

  interface Request {
    publicKey: object;
    signatureOid: string;
    signature: string;
    certificationRequestInfo: Node;
    setSubject(attributes: readonly { name: string; value: string; valueTagClass: number }[]): void;
  }
  const x509: {
    createCertificationRequest(): Request;
    publicKeyFromPem(spki: string): object;
    getCertificationRequestInfo(request: Request): Node;
    certificationRequestToAsn1(request: Request): Node;
  };
  export = x509;
}
