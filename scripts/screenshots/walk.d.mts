import type { Browser, Page } from 'playwright-core';

export function walkPages(
  browser: Browser,
  start: {
    readonly url: string;
    readonly administrator: { readonly user: string; readonly password: string };
    startLogin(): Promise<string>;
  },
  show: (page: Page, name: string) => Promise<void>,
): Promise<void>;

export function eachLook(
  page: Page,
  look: (colorScheme: 'light' | 'dark', width: number) => Promise<void>,
  size?: { readonly widths?: readonly number[]; readonly height?: number },
): Promise<void>;
