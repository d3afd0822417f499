import {
  type Asn1,
  children,
  implicitOctets,
  isUniversal,
  Malformed,
  parse,
  tag,
  text,
} from './asn1.ts';
import type { ApnsEnvironment, CertificateKind } from './model.ts';

/** The fields of a certificate that determine its kind. */
export interface Marks {
  /** The extensions' values by object identifier. */
  readonly extensions: ReadonlyMap<string, Uint8Array>;
  readonly extendedKeyUsage: readonly string[];
  readonly commonName: string | null;
  /** The subject's UID (0.9.2342.19200300.100.1.1). */
  readonly userId: string | null;
}

const apple = '1.2.840.113635.100';
const marker = {
  development: `${apple}.6.1.2`,
  distribution: `${apple}.6.1.4`,
  passType: `${apple}.6.1.16`,
  websitePush: `${apple}.6.1.17`,
  sandboxPush: `${apple}.6.3.1`,
  productionPush: `${apple}.6.3.2`,
  voipTopics: `${apple}.6.3.4`,
  topics: `${apple}.6.3.6`,
} as const;
const codeSigning = '1.3.6.1.5.5.7.3.3';
const passSigning = `${apple}.4.14`;
const mdmTopic = 'com.apple.mgmt.External.';
const developmentNames = /^(Apple Development|iPhone Developer|Mac Developer)\b/;

/**
 * The kind of a certificate: first by restrictions of its use, then by environments, then
 * by code signing.
 */
export function certificateKind({
  extensions,
  extendedKeyUsage,
  commonName,
  userId,
}: Marks): CertificateKind {
  const has = (id: string) => extensions.has(id);
  if (has(marker.passType) || extendedKeyUsage.includes(passSigning)) return 'pass-type';
  if (has(marker.websitePush)) return 'website-push';
  if (userId?.startsWith(mdmTopic) || commonName?.startsWith('APSP:')) return 'mdm-push';
  if (has(marker.voipTopics)) return 'voip-push';
  if (has(marker.sandboxPush))
    return has(marker.productionPush) ? 'apple-push-services' : 'development-push';
  if (has(marker.productionPush)) return 'production-push';
  if (has(marker.distribution)) return 'distribution';
  if (has(marker.development)) return 'development';
  if (!extendedKeyUsage.includes(codeSigning)) return 'other';
  return commonName !== null && developmentNames.test(commonName) ? 'development' : 'distribution';
}

/** The environments in the certificate's markers. */
export function environments({ extensions }: Marks): ApnsEnvironment[] {
  return [
    ...(extensions.has(marker.sandboxPush) ? (['sandbox'] as const) : []),
    ...(extensions.has(marker.productionPush) ? (['production'] as const) : []),
  ];
}

const appKinds: readonly CertificateKind[] = [
  'apple-push-services',
  'development-push',
  'production-push',
  'voip-push',
];
const otherPushKinds: readonly CertificateKind[] = ['mdm-push', 'pass-type', 'website-push'];

/** The app that a push certificate is for, or null. */
export function bundleId(kind: CertificateKind, marks: Marks): string | null {
  if (!appKinds.includes(kind)) return null;
  return marks.userId ?? nameInCommonName(marks) ?? statedTopics(marks)[0] ?? null;
}

/**
 * The topics of a certificate, the bundle ID first. An old certificate has none: its
 * topic is the ID in its subject.
 * @throws {Malformed}
 */
export function topics(kind: CertificateKind, marks: Marks): string[] {
  const stated = statedTopics(marks);
  const bundle = bundleId(kind, marks);
  if (stated.length > 0)
    return [...new Set(bundle !== null && stated.includes(bundle) ? [bundle, ...stated] : stated)];
  if (![...appKinds, ...otherPushKinds].includes(kind)) return [];
  const named = marks.userId ?? nameInCommonName(marks);
  return named === null ? [] : [named];
}

/** `Apple Push Services: com.example.app` names its bundle after the colon. */
function nameInCommonName({ commonName }: Marks): string | null {
  return commonName?.match(/: +([^\s:]+)$/)?.[1] ?? null;
}

/**
 * The topics in the extensions: a flat list that alternates names and kinds, read by
 * position, and the VoIP topics.
 * @throws {Malformed}
 */
function statedTopics({ extensions }: Marks): string[] {
  const voip = extensions.get(marker.voipTopics);
  const names = listIn(extensions.get(marker.topics)).filter((_, index) => index % 2 === 0);
  const alone = voip === undefined ? [] : strings(parse(voip)).flatMap((value) => value.split(','));
  return [...names.map(topicName), ...alone]
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/**
 * The values of the list in an extension; empty if the extension is missing.
 * @throws {Malformed}
 */
export function listIn(extension: Uint8Array | undefined): readonly Asn1[] {
  return extension === undefined ? [] : children(parse(extension));
}

function topicName(node: Asn1): string {
  const name = text(node);
  if (name === null) throw new Malformed('a topic without a name');
  return name;
}

/** The strings in a value, a single one or a list; a marker (NULL) has none. */
function strings(node: Asn1): string[] {
  if (typeof node.value !== 'string') return node.value.flatMap(strings);
  if (isUniversal(node, tag.octetString))
    return [Buffer.from(implicitOctets(node)).toString('utf8')];
  return isUniversal(node, tag.null) ? [] : [text(node) ?? ''];
}
