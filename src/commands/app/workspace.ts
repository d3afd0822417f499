import { dirname, join, resolve } from 'node:path';
import { readText } from './files.ts';

/** A workspace names few projects, in few bytes and few nested groups. */
const [sizeLimit, referenceLimit, nestingLimit] = [1024 * 1024, 1000, 50];

/** The projects that an `.xcworkspace` names, as absolute paths, whether they exist or not; null if it cannot be read. */
export function readWorkspace(workspace: string): readonly string[] | null {
  const text = readText(join(workspace, 'contents.xcworkspacedata'), workspace, sizeLimit);
  if (text === null) return null;
  const container = dirname(workspace);
  const groups: string[] = [container];
  const projects: string[] = [];
  for (const [, slash, element, attributes = '', end] of text.matchAll(
    /<(\/?)(Group|FileRef)\b([^<>]{0,2000}?)(\/?)>/g,
  )) {
    const group = groups.at(-1) ?? container;
    if (slash === '/') {
      if (element === 'Group' && groups.length > 1) groups.pop();
      continue;
    }
    const [, kind = '', path = ''] = /\blocation\s*=\s*["'](\w+):([^"']*)["']/.exec(attributes) ?? [];
    const from = kind === 'group' ? group : kind === 'absolute' ? '/' : container;
    const location = resolve(from, kind === 'self' ? '' : unescaped(path));
    if (element === 'Group') {
      if (end !== '/') groups.push(groups.length < nestingLimit ? location : group);
    } else if (location.endsWith('.xcodeproj') && projects.length < referenceLimit) projects.push(location);
  }
  return projects;
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescaped(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|apos);/g, (_whole, name: string) => entities[name] ?? '');
}
