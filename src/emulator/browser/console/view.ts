import type { ItemView } from '../dom.ts';
import type { ConsoleState } from './state.ts';

/** A part of the page: made once, and filled whenever something has changed. */
export type View = ItemView<ConsoleState>;
