import type { Plugin } from 'rolldown';

export function browserScripts(modules?: Set<string>): Plugin;
