import { basename, dirname } from 'node:path';
import type { App } from './app.ts';
import { filesBelow, foreignFolder, isFile, nameIn } from './files.ts';
import { type AppFinding, alsoLimit, worded } from './finding.ts';
import { type PropertyList, placeOfKey, readPropertyList } from './plist.ts';
import { placeOfReference, placeOfResources } from './target.ts';

const name = 'IdentityConfiguration.plist';

/** Values in the vendor's samples and templates, to be replaced by the tenant's. */
const placeholder =
  /^\s*$|<[^>]{1,100}>|^\{\{.*\}\}$|\$\(|\bYOUR[_ -]|\b(?:TODO|FIXME|PLACEHOLDER|CHANGE_?ME|REPLACE_?ME)\b|\bexample\.(?:com|org|net)\b|^x{3,}$/i;

/** Whether the settings of the vendor's SDK are in the app and filled in. */
export function checkConfiguration(app: App): readonly AppFinding[] {
  const { project, target, resources } = app;
  const path = resources.find((resource) => basename(resource) === name);
  if (path === undefined) {
    const reference = placeOfReference(project, name);
    if (reference !== null) {
      const message = `${name} is not a resource of the target.`;
      const hint = 'File inspector > Target Membership: tick the app.';
      return [{ code: 'configuration-not-in-target', level: 'error', message, hint, ...reference }];
    }
    const [stray] = filesBelow(
      project.directory,
      project.directory,
      (folder) => !foreignFolder.test(folder),
    ).filter((file) => basename(file) === name);
    return [
      stray === undefined
        ? {
            code: 'configuration-missing',
            level: 'error',
            message: `The project has no ${name}.`,
            hint: "Add the file with the tenant's settings to the app's resources.",
            ...placeOfResources(project, target),
          }
        : {
            code: 'configuration-not-in-target',
            level: 'error',
            message: `${name} is on disk, but is not a resource of the target.`,
            hint: "Add it to the app's resources.",
            file: stray,
            line: null,
          },
    ];
  }
  const list = readPropertyList(path, project.directory);
  if (list !== null) return judgeValues(list);
  const message = isFile(path)
    ? `${name} cannot be read as a property list.`
    : `${name} is in the project, but not on disk.`;
  const hint = `It is expected in ${nameIn(project.directory, dirname(path)) || 'the project folder'}.`;
  return [
    {
      code: 'configuration-unreadable',
      level: 'error',
      message,
      hint,
      file: nameIn(project.directory, path),
      line: null,
    },
  ];
}

function judgeValues(list: PropertyList): readonly AppFinding[] {
  const texts = [...list.entries].filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  // An app that people can take apart cannot keep a secret: the vendor's samples leave it empty.
  const secrets = texts.filter(([key, value]) => /secret/i.test(key) && !placeholder.test(value));
  const unfilled = texts.filter(([key, value]) => !/secret/i.test(key) && placeholder.test(value));
  const [first] = unfilled;
  const findings: AppFinding[] = [];
  if (first !== undefined) {
    const [key, value] = first;
    const message =
      unfilled.length > 1
        ? `${unfilled.length} values of ${name} are empty or placeholders: ${told(list, unfilled)}.`
        : `${worded(key)} is ${value.trim() === '' ? 'empty' : 'a placeholder'} in ${name}.`;
    const hint = `Give ${unfilled.length > 1 ? "them the tenant's values" : "it the tenant's value"}.`;
    findings.push({
      code: 'configuration-incomplete',
      level: 'error',
      message,
      hint,
      ...placesOf(list, unfilled),
    });
  }
  if (secrets.length > 0) findings.push(secretFinding(list, secrets));
  if (list.entries.size > 0) return findings;
  const message = `${name} contains no settings.`;
  const hint = "Give it the tenant's URL, the application ID, the client ID and the redirect URI.";
  return [
    {
      code: 'configuration-incomplete',
      level: 'error',
      message,
      hint,
      file: list.file,
      line: placeOfKey(list, '').line,
    },
  ];
}

function secretFinding(list: PropertyList, secrets: readonly Entry[]): AppFinding {
  const subject =
    secrets.length > 1
      ? `${told(list, secrets)} contain secrets`
      : `${worded(secrets[0]?.[0] ?? '')} contains a secret`;
  return {
    code: 'client-secret-in-app',
    level: 'warning',
    message: `${subject}, and anybody who has the app can read ${secrets.length > 1 ? 'them' : 'it'}.`,
    hint: 'Use a public client with PKCE (RFC 8252 §8.5), and leave it empty.',
    ...placesOf(list, secrets),
  };
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
