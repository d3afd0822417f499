/** What `bootstrap` makes, in the order in which it is made. */
export type StepName =
  | 'application'
  | 'client'
  | 'redirect'
  | 'scope'
  | 'role'
  | 'right'
  | 'permission'
  | 'member'
  | 'pipeline-application'
  | 'pipeline-permission'
  | 'service-user'
  | 'service-member';

export interface FieldChange {
  /** The vendor's name for it. */
  readonly field: string;
  /** Null: not there. */
  readonly old: unknown;
  readonly new: unknown;
}

/** One thing that is to be there, or to be there no longer. */
export interface Step {
  readonly step: StepName;
  /** What the tenant calls it. */
  readonly name: string;
  readonly action: 'create' | 'change' | 'keep' | 'remove';
  readonly changes: readonly FieldChange[];
}

/** A step that makes something, changes it, or leaves it. */
export function stepOf(step: StepName, name: string, exists: boolean, changes: readonly FieldChange[]): Step {
  return { step, name, action: !exists ? 'create' : changes.length > 0 ? 'change' : 'keep', changes };
}
