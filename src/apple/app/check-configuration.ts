import { basename, dirname } from 'node:path';
import type { App } from './app.ts';
import { filesBelow, foreignFolder, isFile, nameIn } from './files.ts';
import type { AppFinding } from './finding.ts';
import { type PropertyList, placeOfKey, readPropertyList } from './plist.ts';
import { placeOfReference, placeOfResources } from './target.ts';

const name = 'IdentityConfiguration.plist';

/** Values that the vendor's samples and templates have in place of the tenant's. */
const placeholder =
  /^\s*$|<[^>]{1,100}>|^\{\{.*\}\}$|\$\(|\bYOUR[_ -]|\b(?:TODO|FIXME|PLACEHOLDER|CHANGE_?ME|REPLACE_?ME)\b|\bexample\.(?:com|org|net)\b|^x{3,}$/i;

/** Whether the settings of the vendor's SDK are in the app, and filled in. */
export function checkConfiguration(app: App): readonly AppFinding[] {
  const { project, target, resources } = app;
  const path = resources.find((resource) => basename(resource) === name);
  if (path === undefined) {
    const reference = placeOfReference(project, name);
    if (reference !== null) {
      const message = `${name} is no resource of the target.`;
      const hint = 'File inspector > Target Membership: tick the app.';
      return [{ code: 'configuration-not-in-target', level: 'error', message, hint, ...reference }];
    }
    const [stray] = filesBelow(project.directory, (folder) => !foreignFolder.test(folder)).filter(
      (file) => basename(file) === name,
    );
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
            message: `${name} is on the disk, and no resource of the target.`,
            hint: "Add it to the app's resources.",
            file: stray,
            line: null,
          },
    ];
  }
  const list = readPropertyList(path, project.directory);
  if (list !== null) return judgeValues(list);
  const message = isFile(path)
    ? `${name} is not a property list.`
    : `${name} is in the project, and not on the disk.`;
  const hint = `It is looked for in ${nameIn(project.directory, dirname(path)) || 'the project folder'}.`;
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
  const findings: AppFinding[] = [];
  for (const [key, value] of list.entries) {
    // An app that people can take apart keeps no secret: the vendor's samples leave it empty.
    if (/secret/i.test(key)) {
      if (typeof value === 'string' && !placeholder.test(value)) findings.push(secretFinding(list, key));
    } else if (typeof value === 'string' && placeholder.test(value)) {
      findings.push({
        code: 'configuration-incomplete',
        level: 'error',
        message: `${key} is ${value.trim() === '' ? 'empty' : 'a placeholder'} in ${name}.`,
        hint: "Give it the tenant's value.",
        ...placeOfKey(list, key),
      });
    }
  }
  if (list.entries.size > 0) return findings;
  const message = `${name} holds no settings.`;
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

function secretFinding(list: PropertyList, key: string): AppFinding {
  return {
    code: 'client-secret-in-app',
    level: 'warning',
    message: `${key} holds a secret, and everybody who has the app can read it.`,
    hint: 'Use a public client with PKCE (RFC 8252 §8.5), and leave it empty.',
    ...placeOfKey(list, key),
  };
}
