import type { SavedPhone } from './memory.ts';

/**
 * A phone without a user, in contact with the tenant, without a session, unknown to the
 * tenant, or waiting for pushes.
 */
export type Stage = 'new' | 'busy' | 'signed-out' | 'unenrolled' | 'listening';

/** The part of a phone's state that the tab does not store. */
export interface PassingState {
  readonly stage: Stage;
  /** Whether the tenant did not answer the last request. */
  readonly isLost: boolean;
  readonly failure: string | null;
}

export interface PhoneState extends SavedPhone, PassingState {}
