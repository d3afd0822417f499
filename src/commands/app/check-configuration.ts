import { basename, dirname } from 'node:path';
import type { App } from './app.ts';
import { filesBelow, foreignFolder, isFile, nameIn } from './files.ts';
import { type AppFinding, alsoLimit, finding, type Place, worded } from './finding.ts';
import { type PropertyList, placeOfKey, readPropertyList } from './plist.ts';

const name = 'IdentityConfiguration.plist';

/** Values in the vendor's samples and templates, to be replaced by the tenant's. */
const placeholder =
  /^\s*$|<[^>]{1,100}>|^\{\{.*\}\}$|\$\(|\bYOUR[_ -]|\b(?:TODO|FIXME|PLACEHOLDER|CHANGE_?ME|REPLACE_?ME)\b|\bexample\.(?:com|org|net)\b|^x{3,}$/i;

/** Whether the settings of the vendor's SDK are in the app and filled in. */
export function checkConfiguration(app: App): readonly AppFinding[] {
  const { directory } = app.project;
  const path = app.resources.find((resource) => basename(resource) === name);
  if (path === undefined) return [missing(app)];
  const list = readPropertyList(path, directory);
  if (list !== null) return judgeValues(list);
  const message = isFile(path)
    ? `${name} cannot be read as a property list.`
    : `${name} is in the project, but not on disk.`;
  const hint = `It is expected in ${nameIn(directory, dirname(path)) || 'the project folder'}.`;
  const place = { file: nameIn(directory, path), line: null };
  return [finding('configuration-unreadable', message, hint, place)];
}

/** That the target has no such file, and where the project mentions it, or the disk has it. */
function missing({ project: { objects, directory }, target }: App): AppFinding {
  const reference = [...objects.values()].find(
    (object) => object.isa === 'PBXFileReference' && basename(object.text('path') ?? '') === name,
  );
  if (reference !== undefined) {
    const message = `${name} is not a resource of the target.`;
    const hint = 'File inspector > Target Membership: tick the app.';
    return finding('configuration-not-in-target', message, hint, reference.place());
  }
  const files = filesBelow(directory, directory, (folder) => !foreignFolder.test(folder));
  const stray = files.find((file) => basename(file) === name);
  if (stray !== undefined) {
    const message = `${name} is on disk, but is not a resource of the target.`;
    const hint = "Add it to the app's resources.";
    return finding('configuration-not-in-target', message, hint, { file: stray, line: null });
  }
  const phase = target.objects('buildPhases').find(({ isa }) => isa === 'PBXResourcesBuildPhase');
  const hint = "Add the file with the tenant's settings to the app's resources.";
  const place = phase?.place('files') ?? target.place();
  return finding('configuration-missing', `The project has no ${name}.`, hint, place);
}

function judgeValues(list: PropertyList): readonly AppFinding[] {
  if (list.entries.size === 0) {
    const hint = "Give it the tenant's URL, the application ID, the client ID and the redirect URI.";
    return [finding('configuration-incomplete', `${name} contains no settings.`, hint, placeOfKey(list, ''))];
  }
  const texts = [...list.entries].filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  const isSecret = (key: string): boolean => /secret/i.test(key);
  // An app that people can take apart cannot keep a secret: the vendor's samples leave it empty.
  const secrets = texts.filter(([key, value]) => isSecret(key) && !placeholder.test(value));
  const unfilled = texts.filter(([key, value]) => !isSecret(key) && placeholder.test(value));
  const findings: AppFinding[] = [];
  const [first] = unfilled;
  if (first !== undefined) {
    const [key, value] = first;
    const isOne = unfilled.length === 1;
    const message = isOne
      ? `${worded(key)} is ${value.trim() === '' ? 'empty' : 'a placeholder'} in ${name}.`
      : `${unfilled.length} values of ${name} are empty or placeholders: ${told(list, unfilled)}.`;
    const hint = isOne ? "Give it the tenant's value." : "Give them the tenant's values.";
    findings.push(finding('configuration-incomplete', message, hint, placesOf(list, unfilled)));
  }
  const [secret] = secrets;
  if (secret !== undefined) {
    const message =
      secrets.length > 1
        ? `${told(list, secrets)} contain secrets, and anybody who has the app can read them.`
        : `${worded(secret[0])} contains a secret, and anybody who has the app can read it.`;
    const hint = 'Use a public client with PKCE (RFC 8252 §8.5), and leave it empty.';
    findings.push(finding('client-secret-in-app', message, hint, placesOf(list, secrets), 'warning'));
  }
  return findings;
}

type Entry = readonly [key: string, value: string];

/** How many keys a sentence names. */
const toldLimit = 20;

/** The keys of entries, each with its line. */
function told(list: PropertyList, entries: readonly Entry[]): string {
  const names = entries.slice(0, toldLimit).map(([key]) => {
    const { line } = placeOfKey(list, key);
    return line === null ? worded(key) : `${worded(key)} (line ${line})`;
  });
  const more = entries.length - names.length;
  return more > 0 ? `${names.join(', ')} and ${more} more` : names.join(', ');
}

/** The place of the first entry, and of the others, as far as the list has lines. */
function placesOf(list: PropertyList, entries: readonly Entry[]): Place & Pick<AppFinding, 'also'> {
  const places = entries.slice(0, alsoLimit).map(([key]) => placeOfKey(list, key));
  const [first = { file: list.file, line: null }, ...others] = places;
  return others.length === 0 || first.line === null ? first : { ...first, also: others };
}
