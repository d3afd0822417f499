import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DerForm, type Entitlements, signedMessage } from './der.ts';
import { fatMachO, machO } from './mach-o.ts';
import { binaryOf, type Value, xmlOf } from './property-lists.ts';
import { zipOf } from './zip.ts';

/** What an app is made of. What is left out is as the guide has it, for the App Store. */
export interface BuiltOptions {
  readonly bundleId?: string;
  readonly team?: string | null;
  /** Null: no `aps-environment`. */
  readonly environment?: string | null;
  readonly modes?: readonly string[];
  readonly signed?: 'certificate' | 'ad-hoc' | 'empty' | 'none' | 'no';
  /** Of the code signature in XML, over those that follow from the above. */
  readonly entitlements?: Entitlements | null;
  /** Of the code signature in DER, over those in XML; null: none. */
  readonly derEntitlements?: Entitlements | null;
  readonly derForm?: DerForm;
  /** Of the profile, over those of the code signature; null: the app has no profile. */
  readonly profileEntitlements?: Entitlements | null;
  /** Null: it does not allow pushes. */
  readonly profileEnvironment?: string | null;
  readonly profileTeam?: string;
  /** ISO 8601 */
  readonly profileExpires?: string;
  readonly identifier?: string;
  /** The name of the program's file; in the archive it may be spelled otherwise. */
  readonly program?: string;
  readonly storedProgram?: string;
  readonly info?: { readonly [key: string]: Value };
  readonly infoForm?: 'xml' | 'binary';
  readonly strings?: readonly string[];
  readonly platform?: number;
  readonly isEncrypted?: boolean;
  /** Several processors: of the second one the entitlement is another one, or the same. */
  readonly fat?: '32' | '64';
  readonly secondEnvironment?: string;
}

const guideTexts: readonly string[] = [
  'MfaNotificationCategoryId',
  'MfaNotificationApproveActionId',
  'MfaNotificationDenyActionId',
  'handlePushToken:',
];

type File = readonly [name: string, bytes: Uint8Array];

/** The files in the folder of an app. */
export function builtFiles(options: BuiltOptions = {}): readonly File[] {
  const { bundleId = 'com.example.lab', modes = ['remote-notification'] } = options;
  const { program = 'Approver', storedProgram = program } = options;
  const info = {
    CFBundleExecutable: program,
    CFBundleIdentifier: bundleId,
    CFBundleShortVersionString: '1.4',
    CFBundleVersion: '57',
    UIBackgroundModes: modes,
    ...options.info,
  };
  const infoPlist = options.infoForm === 'xml' ? Buffer.from(xmlOf(info)) : binaryOf(info);
  const files: File[] = [
    ['Info.plist', infoPlist],
    [storedProgram, programOf(options, infoPlist)],
  ];
  const profile = profileOf(options);
  if (profile !== null) files.push(['embedded.mobileprovision', profile]);
  return files;
}

function entitlementsOf({
  bundleId = 'com.example.lab',
  team = 'ABCDE12345',
  environment = 'production',
  entitlements = {},
}: BuiltOptions): Entitlements | null {
  if (entitlements === null) return null;
  return {
    'application-identifier': `${team}.${bundleId}`,
    ...(environment === null ? {} : { 'aps-environment': environment }),
    ...(team === null ? {} : { 'com.apple.developer.team-identifier': team }),
    'get-task-allow': environment === 'development',
    ...entitlements,
  };
}

function programOf(options: BuiltOptions, infoPlist: Uint8Array): Buffer {
  const { fat, secondEnvironment } = options;
  const slice = sliceOf(options, infoPlist);
  if (fat === undefined) return slice;
  const environment = secondEnvironment ?? options.environment ?? 'production';
  const second = sliceOf({ ...options, environment }, infoPlist);
  // CPU_TYPE_ARM: the processor stands behind the magic number, and no hash is read.
  second.writeUInt32LE(0x0000000c, 4);
  return fatMachO([second, slice], fat === '64');
}

function sliceOf(options: BuiltOptions, infoPlist: Uint8Array): Buffer {
  const { bundleId = 'com.example.lab', team = 'ABCDE12345', signed = 'certificate' } = options;
  const { identifier = bundleId, derForm = 'apple', strings = guideTexts } = options;
  const entitlements = entitlementsOf(options);
  const der = options.derEntitlements;
  return machO({
    signature:
      signed === 'no'
        ? null
        : {
            identifier,
            team,
            entitlements,
            derEntitlements:
              der === null ? null : der === undefined ? entitlements : { ...entitlements, ...der },
            derForm,
            signer: signed,
            infoPlist,
          },
    strings,
    platform: options.platform ?? 2,
    isEncrypted: options.isEncrypted ?? false,
  });
}

function profileOf(options: BuiltOptions): Buffer | null {
  const { profileEntitlements = {}, profileTeam, team } = options;
  if (profileEntitlements === null) return null;
  const owner = profileTeam ?? team ?? 'ABCDE12345';
  const { profileEnvironment } = options;
  const allowed =
    profileEnvironment === undefined ? options : { ...options, environment: profileEnvironment };
  const list = {
    AppIDName: 'Approver',
    Name: 'Approver for the App Store',
    TeamIdentifier: [owner],
    TeamName: 'Example Lab',
    CreationDate: new Date('2026-01-15T10:00:00Z'),
    ExpirationDate: new Date(options.profileExpires ?? '2027-01-15T10:00:00Z'),
    Entitlements: { ...entitlementsOf(allowed), ...profileEntitlements },
    Version: 1,
  };
  return signedMessage(Buffer.from(xmlOf(list)));
}

/** Writes an app: `NAME.ipa`, `NAME.app` or `NAME.xcarchive`. */
export function writeBuiltApp(path: string, options: BuiltOptions = {}): void {
  const files = builtFiles(options);
  if (path.endsWith('.ipa')) {
    const entries = files.map(([name, bytes]) => ({ name: `Payload/Approver.app/${name}`, bytes }));
    writeFileSync(path, zipOf(entries));
    return;
  }
  const app = path.endsWith('.app') ? path : join(path, 'Products/Applications/Approver.app');
  mkdirSync(app, { recursive: true });
  for (const [name, bytes] of files) writeFileSync(join(app, name), bytes);
  if (path.endsWith('.app')) return;
  const properties = { ApplicationProperties: { ApplicationPath: 'Applications/Approver.app' } };
  writeFileSync(join(path, 'Info.plist'), xmlOf(properties));
}
