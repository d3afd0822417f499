import { make, type VirtualElement } from '../dom.ts';
import type { EnrollmentRequest } from './memory.ts';

type FieldName = keyof EnrollmentRequest;

/** The form of a phone without a user. */
export function setUpForm(
  suggested: EnrollmentRequest,
  submit: (request: EnrollmentRequest) => void,
): VirtualElement {
  const read = (event: Event): void => {
    event.preventDefault();
    if (!(event.target instanceof HTMLFormElement)) return;
    const form = new FormData(event.target);
    const given = (name: FieldName): string => String(form.get(name));
    submit({ user: given('user'), name: given('name'), bundleId: given('bundleId') });
  };
  return make(
    'form.app-screen',
    { onsubmit: read },
    make('h2', 'Set up this phone'),
    ...field('user', 'User', suggested, { autocapitalize: 'none' }),
    ...field('name', 'Name of the phone', suggested),
    ...field('bundleId', 'Bundle ID of the app', suggested, {
      autocapitalize: 'none',
      pattern: '[A-Za-z0-9\\-]+(\\.[A-Za-z0-9\\-]+)+',
      title: 'Like com.example.app',
    }),
    make('div.actions', make('button.primary', 'Sign in and enroll')),
  );
}

/** A label and its input. */
function field(
  name: FieldName,
  label: string,
  suggested: EnrollmentRequest,
  more: Readonly<Record<string, string>> = {},
): readonly VirtualElement[] {
  const input = make('input', {
    id: name,
    name,
    required: true,
    autocomplete: 'off',
    spellcheck: 'false',
    value: suggested[name],
    ...more,
  });
  return [make('label', { for: name }, label), input];
}
