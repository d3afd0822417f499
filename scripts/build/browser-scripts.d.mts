import type { Plugin } from 'rolldown';

export function browserScripts(): Plugin;
