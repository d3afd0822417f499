import { basename, dirname } from 'node:path';
import type { App } from './app.ts';
import { filesBelow, foreignFolder, isFile, nameIn } from './files.ts';
import { type AppFinding, finding, placesOf, worded } from './finding.ts';
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
  const files = filesBelow(directory, directory, foreignFolder);
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
  const start = placeOfKey(list, '');
  if (list.entries.size === 0) {
    const hint = "Give it the tenant's URL, the application ID, the client ID and the redirect URI.";
    return [finding('configuration-incomplete', `${name} contains no settings.`, hint, start)];
  }
  const texts = [...list.entries].filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  const isSecret = (key: string): boolean => /secret/i.test(key);
  // An app that people can take apart cannot keep a secret: the vendor's samples leave it empty.
  const secrets = texts.filter(([key, value]) => isSecret(key) && !placeholder.test(value));
  const unfilled = texts.filter(([key, value]) => !isSecret(key) && placeholder.test(value));
  const findings: AppFinding[] = [];
  const [first] = unfilled;
  if (first !== undefined) {
    const { names, places } = told(list, unfilled);
    const isOne = unfilled.length === 1;
    const message = isOne
      ? `${worded(first[0])} is ${first[1].trim() === '' ? 'empty' : 'a placeholder'} in ${name}.`
      : `${unfilled.length} values of ${name} are empty or placeholders: ${names}.`;
    const hint = isOne ? "Give it the tenant's value." : "Give them the tenant's values.";
    findings.push(finding('configuration-incomplete', message, hint, placesOf(places, start)));
  }
  const [secret, ...others] = secrets;
  if (secret !== undefined) {
    const { names, places } = told(list, secrets);
    const message =
      others.length > 0
        ? `${names} contain secrets, and anybody who has the app can read them.`
        : `${worded(secret[0])} contains a secret, and anybody who has the app can read it.`;
    const hint = 'Use a public client with PKCE (RFC 8252 §8.5), and leave it empty.';
    findings.push(finding('client-secret-in-app', message, hint, placesOf(places, start), 'warning'));
  }
  return findings;
}

/** How many keys a sentence names, and how many places to look for. */
const [toldLimit, placesLimit] = [20, 100];

/** The keys of entries, each with its line, and their places, of which a binary list has none. */
function told(list: PropertyList, entries: readonly (readonly [key: string, value: string])[]) {
  const found = entries.slice(0, placesLimit).map(([key]) => ({ key, place: placeOfKey(list, key) }));
  const names = found
    .slice(0, toldLimit)
    .map(({ key, place: { line } }) => (line === null ? worded(key) : `${worded(key)} (line ${line})`))
    .join(', ');
  const more = entries.length - toldLimit;
  const places = found.flatMap(({ place }) => (place.line === null ? [] : place));
  return { names: more > 0 ? `${names} and ${more} more` : names, places };
}
