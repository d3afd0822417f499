import { basename, dirname } from 'node:path';
import type { App } from './app.ts';
import { filesBelow, foreignFolder, isFile, nameIn } from './files.ts';
import { type AppFinding, alsoLimit, finding, worded } from './finding.ts';
import { type PropertyList, placeOfKey, readPropertyList } from './plist.ts';
import { placeOfReference, placeOfResources } from './target.ts';

const name = 'IdentityConfiguration.plist';

/** Values in the vendor's samples and templates, to be replaced by the tenant's. */
const placeholder =
  /^\s*$|<[^>]{1,100}>|^\{\{.*\}\}$|\$\(|\bYOUR[_ -]|\b(?:TODO|FIXME|PLACEHOLDER|CHANGE_?ME|REPLACE_?ME)\b|\bexample\.(?:com|org|net)\b|^x{3,}$/i;

/** Whether the settings of the vendor's SDK are in the app and filled in. */
export function checkConfiguration(app: App): readonly AppFinding[] {
  const { project, target, resources } = app;
  const { directory } = project;
  const path = resources.find((resource) => basename(resource) === name);
  if (path !== undefined) {
    const list = readPropertyList(path, directory);
    if (list !== null) return judgeValues(list);
    const message = isFile(path)
      ? `${name} cannot be read as a property list.`
      : `${name} is in the project, but not on disk.`;
    const hint = `It is expected in ${nameIn(directory, dirname(path)) || 'the project folder'}.`;
    return [
      finding('configuration-unreadable', message, hint, { file: nameIn(directory, path), line: null }),
    ];
  }
  const reference = placeOfReference(project, name);
  if (reference !== null) {
    const message = `${name} is not a resource of the target.`;
    const hint = 'File inspector > Target Membership: tick the app.';
    return [finding('configuration-not-in-target', message, hint, reference)];
  }
  const stray = filesBelow(directory, directory, (folder) => !foreignFolder.test(folder)).find(
    (file) => basename(file) === name,
  );
  if (stray === undefined) {
    const hint = "Add the file with the tenant's settings to the app's resources.";
    const place = placeOfResources(project, target);
    return [finding('configuration-missing', `The project has no ${name}.`, hint, place)];
  }
  const message = `${name} is on disk, but is not a resource of the target.`;
  const hint = "Add it to the app's resources.";
  return [finding('configuration-not-in-target', message, hint, { file: stray, line: null })];
}

function judgeValues(list: PropertyList): readonly AppFinding[] {
  if (list.entries.size === 0) {
    const hint = "Give it the tenant's URL, the application ID, the client ID and the redirect URI.";
    return [finding('configuration-incomplete', `${name} contains no settings.`, hint, placeOfKey(list, ''))];
  }
  const texts = [...list.entries].filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  // An app that people can take apart cannot keep a secret: the vendor's samples leave it empty.
  const secrets = texts.filter(([key, value]) => /secret/i.test(key) && !placeholder.test(value));
  const unfilled = texts.filter(([key, value]) => !/secret/i.test(key) && placeholder.test(value));
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
  const [secret, ...others] = secrets;
  if (secret !== undefined) {
    const [subject, object] =
      others.length > 0
        ? [`${told(list, secrets)} contain secrets`, 'them']
        : [`${worded(secret[0])} contains a secret`, 'it'];
    const message = `${subject}, and anybody who has the app can read ${object}.`;
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
function placesOf(list: PropertyList, entries: readonly Entry[]): Pick<AppFinding, 'file' | 'line' | 'also'> {
  const [first = { file: list.file, line: null }, ...others] = entries
    .slice(0, alsoLimit)
    .map(([key]) => placeOfKey(list, key));
  const also = others.filter(({ line }) => line !== null);
  return also.length === 0 ? first : { ...first, also };
}
